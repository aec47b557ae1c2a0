using System.Text.Json;
using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Model;
using Xunit;

namespace MailProxy.Routing.Tests.Contract;

public sealed class SessionContract(ConsulTargets targets) : IClassFixture<ConsulTargets>
{
    private static readonly SessionDefinition NoDelay = new() { LockDelay = "0s" };

    public static TheoryData<ConsulTarget> Targets => ConsulTargets.All;

    private static CancellationToken None => CancellationToken.None;

    [Theory, MemberData(nameof(Targets))]
    public async Task A_lock_has_one_holder_until_it_is_released(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var key = ConsulTargets.NewPrefix() + "lock";
        var first = await consul.Session.CreateAsync(NoDelay, None);
        var second = await consul.Session.CreateAsync(NoDelay, None);

        Assert.True(await consul.Kv.AcquireAsync(key, "1"u8.ToArray(), first, None));
        Assert.True(await consul.Kv.AcquireAsync(key, "1b"u8.ToArray(), first, None));
        Assert.False(await consul.Kv.AcquireAsync(key, "2"u8.ToArray(), second, None));
        Assert.False(await consul.Kv.ReleaseAsync(key, "2"u8.ToArray(), second, None));
        var held = (await consul.Kv.GetAsync(key, default, None)).Value!;
        Assert.Equal((first, 1ul), (held.Session!, held.LockIndex));

        Assert.True(await consul.Kv.ReleaseAsync(key, "1c"u8.ToArray(), first, None));
        Assert.True(await consul.Kv.AcquireAsync(key, "2"u8.ToArray(), second, None));
        Assert.Equal(2ul, (await consul.Kv.GetAsync(key, default, None)).Value!.LockIndex);
        await consul.Session.DestroyAsync(first, None);
        await consul.Session.DestroyAsync(second, None);
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task A_lost_session_frees_its_keys_after_the_lock_delay(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var prefix = ConsulTargets.NewPrefix();
        var delayed = await consul.Session.CreateAsync(new SessionDefinition(), None);
        var prompt = await consul.Session.CreateAsync(NoDelay, None);
        var next = await consul.Session.CreateAsync(NoDelay, None);
        Assert.True(await consul.Kv.AcquireAsync(prefix + "delayed", default, delayed, None));
        Assert.True(await consul.Kv.AcquireAsync(prefix + "prompt", default, prompt, None));

        await consul.Session.DestroyAsync(delayed, None);
        await consul.Session.DestroyAsync(prompt, None);

        Assert.Null((await consul.Kv.GetAsync(prefix + "delayed", default, None)).Value!.Session);
        Assert.False(await consul.Kv.AcquireAsync(prefix + "delayed", default, next, None));
        Assert.True(await consul.Kv.AcquireAsync(prefix + "prompt", default, next, None));
        await consul.Session.DestroyAsync(next, None);
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task The_delete_behaviour_takes_the_keys_along(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var key = ConsulTargets.NewPrefix() + "gone";
        var session = await consul.Session.CreateAsync(NoDelay with { Behavior = "delete" }, None);
        Assert.True(await consul.Kv.AcquireAsync(key, "x"u8.ToArray(), session, None));
        await consul.Session.DestroyAsync(session, None);
        Assert.False((await consul.Kv.GetAsync(key, default, None)).Found);
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task A_session_is_renewed_until_it_is_gone(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var id = await consul.Session.CreateAsync(new SessionDefinition { Name = "n", Ttl = "10s", LockDelay = "5s" }, None);
        Assert.True(await consul.Session.RenewAsync(id, None));
        var info = await consul.Session.InfoAsync(id, None);
        Assert.Equal(("n", "10s", 5_000_000_000), (info!.Name, info.Ttl, info.LockDelay));

        await consul.Session.DestroyAsync(id, None);
        Assert.False(await consul.Session.RenewAsync(id, None));
        Assert.Null(await consul.Session.InfoAsync(id, None));
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task Mistakes_are_told_as_permanent_though_their_status_is_500(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var ttl = await Assert.ThrowsAsync<ConsulException>(() => consul.Session.CreateAsync(new SessionDefinition { Ttl = "5s" }, None));
        Assert.Equal((ConsulFault.Permanent, 500), (ttl.Fault, ttl.StatusCode));
        Assert.Contains("Session TTL", ttl.Message, StringComparison.Ordinal);

        var session = await Assert.ThrowsAsync<ConsulException>(
            () => consul.Kv.AcquireAsync(ConsulTargets.NewPrefix() + "k", default, Guid.NewGuid().ToString(), None));
        Assert.Equal((ConsulFault.Permanent, 500), (session.Fault, session.StatusCode));
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task A_transaction_is_applied_whole_or_not_at_all(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var prefix = ConsulTargets.NewPrefix();
        var done = await consul.Txn.ApplyAsync(
            [
                new TxnKvOperation { Verb = "check-not-exists", Key = prefix + "a" },
                new TxnKvOperation { Verb = "set", Key = prefix + "a", Value = "1"u8.ToArray() },
                new TxnKvOperation { Verb = "set", Key = prefix + "b", Value = "1"u8.ToArray() },
                new TxnKvOperation { Verb = "get", Key = prefix + "a" },
            ],
            None);
        Assert.Null(done.Errors);
        Assert.Equal(["a", "b", "a"], done.Results!.Select(r => r.Kv.Key[prefix.Length..]));
        Assert.Equal("1"u8.ToArray(), done.Results![2].Kv.Value);

        var conflict = await consul.Txn.ApplyAsync(
            [
                new TxnKvOperation { Verb = "delete", Key = prefix + "b" },
                new TxnKvOperation { Verb = "cas", Key = prefix + "a", Value = "2"u8.ToArray(), Index = 1 },
            ],
            None);
        Assert.Equal(1, Assert.Single(conflict.Errors!).OpIndex);
        Assert.Contains("index is stale", conflict.Errors![0].What, StringComparison.Ordinal);
        Assert.Equal(2, (await consul.Kv.ListAsync(prefix, default, None)).Value.Count);
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task A_transaction_has_a_limit_of_operations(ConsulTarget target)
    {
        // 128 is the limit of newer servers, 64 that of older ones.
        var operations = Enumerable.Range(0, 129).Select(i => new { KV = new { Verb = "get-tree", Key = ConsulTargets.NewPrefix() } });
        using var body = new StringContent(JsonSerializer.Serialize(operations));
        using var response = await targets.SendRawAsync(target, HttpMethod.Put, "/v1/txn", body);
        Assert.Equal(413, (int)response.StatusCode);
    }
}
