using System.Text;
using System.Text.Json;
using MailProxy.Routing.Consul.Client;
using Xunit;

namespace MailProxy.Routing.Tests.Contract;

public sealed class KvContract(ConsulTargets targets) : IClassFixture<ConsulTargets>
{
    public static TheoryData<ConsulTarget> Targets => ConsulTargets.All;

    private static CancellationToken None => CancellationToken.None;

    [Theory, MemberData(nameof(Targets))]
    public async Task What_was_put_is_got_listed_and_deleted(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var prefix = ConsulTargets.NewPrefix();
        await consul.Kv.PutAsync(prefix + "a", "one"u8.ToArray(), None);
        await consul.Kv.PutAsync(prefix + "b/c", "two"u8.ToArray(), None);

        var got = await consul.Kv.GetAsync(prefix + "a", default, None);
        Assert.Equal("one"u8.ToArray(), got.Value!.Value);
        Assert.Equal(got.Value.ModifyIndex, got.Index);
        Assert.Equal(got.Value.CreateIndex, got.Value.ModifyIndex);

        var listed = await consul.Kv.ListAsync(prefix, default, None);
        Assert.Equal([prefix + "a", prefix + "b/c"], listed.Value.Select(p => p.Key));
        Assert.Equal(listed.Value.Max(p => p.ModifyIndex), listed.Index);
        Assert.Equal([prefix + "a", prefix + "b/c"], (await consul.Kv.KeysAsync(prefix, default, None)).Value);

        await consul.Kv.DeleteAsync(prefix + "a", None);
        await consul.Kv.DeleteAsync(prefix + "a", None);
        Assert.False((await consul.Kv.GetAsync(prefix + "a", default, None)).Found);
        await consul.Kv.DeleteTreeAsync(prefix, None);
        Assert.Empty((await consul.Kv.ListAsync(prefix, default, None)).Value);
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task A_missing_key_and_an_empty_prefix_are_404_with_an_index_and_without_a_body(ConsulTarget target)
    {
        var prefix = ConsulTargets.NewPrefix();
        foreach (var path in new[] { prefix + "x", prefix + "?recurse", prefix + "?keys" })
        {
            using var response = await targets.SendRawAsync(target, HttpMethod.Get, "/v1/kv/" + path);
            Assert.Equal(404, (int)response.StatusCode);
            Assert.Equal("", await response.Content.ReadAsStringAsync());
            Assert.True(ulong.Parse(response.Headers.GetValues("X-Consul-Index").Single(), null) >= 1);
            Assert.Equal("true", response.Headers.GetValues("X-Consul-KnownLeader").Single());
        }
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task A_value_of_no_octets_comes_back_as_null(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var key = ConsulTargets.NewPrefix() + "empty";
        await consul.Kv.PutAsync(key, default, None);

        using var response = await targets.SendRawAsync(target, HttpMethod.Get, "/v1/kv/" + key);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(JsonValueKind.Null, json.RootElement[0].GetProperty("Value").ValueKind);
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task An_identical_put_moves_no_index_and_wakes_nobody(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var key = ConsulTargets.NewPrefix() + "same";
        await consul.Kv.PutAsync(key, "v"u8.ToArray(), None);
        var before = await consul.Kv.GetAsync(key, default, None);

        var blocked = consul.Kv.GetAsync(key, new ConsulQuery(before.Index, TimeSpan.FromMilliseconds(400)), None);
        await consul.Kv.PutAsync(key, "v"u8.ToArray(), None);
        var after = await blocked;

        Assert.Equal(before.Index, after.Index);
        Assert.Equal(before.Value!.ModifyIndex, after.Value!.ModifyIndex);
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task A_write_wakes_who_waits_for_the_key_or_its_prefix(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var prefix = ConsulTargets.NewPrefix();
        await consul.Kv.PutAsync(prefix + "k", "1"u8.ToArray(), None);
        var index = (await consul.Kv.GetAsync(prefix + "k", default, None)).Index;

        var query = new ConsulQuery(index, TimeSpan.FromSeconds(30));
        var key = consul.Kv.GetAsync(prefix + "k", query, None);
        var list = consul.Kv.ListAsync(prefix, query, None);
        await consul.Kv.PutAsync(prefix + "k", "2"u8.ToArray(), None);

        Assert.Equal("2"u8.ToArray(), (await key).Value!.Value);
        Assert.True((await key).Index > index);
        Assert.Equal("2"u8.ToArray(), (await list).Value.Single().Value);
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task A_creation_wakes_who_waits_for_a_missing_key_and_a_deletion_who_waits_for_the_prefix(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var prefix = ConsulTargets.NewPrefix();
        var missing = await consul.Kv.GetAsync(prefix + "k", default, None);
        var key = consul.Kv.GetAsync(prefix + "k", new ConsulQuery(missing.Index, TimeSpan.FromSeconds(30)), None);
        await consul.Kv.PutAsync(prefix + "k", "1"u8.ToArray(), None);
        Assert.True((await key).Found);

        var there = await consul.Kv.ListAsync(prefix, default, None);
        var list = consul.Kv.ListAsync(prefix, new ConsulQuery(there.Index, TimeSpan.FromSeconds(30)), None);
        await consul.Kv.DeleteAsync(prefix + "k", None);
        Assert.False((await list).Found);
        Assert.True((await list).Index > there.Index);
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task Cas_compares_the_modify_index_and_0_means_create(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var key = ConsulTargets.NewPrefix() + "cas";
        Assert.True(await consul.Kv.CasAsync(key, "1"u8.ToArray(), 0, None));
        Assert.False(await consul.Kv.CasAsync(key, "2"u8.ToArray(), 0, None));
        var index = (await consul.Kv.GetAsync(key, default, None)).Value!.ModifyIndex;
        Assert.False(await consul.Kv.CasAsync(key, "2"u8.ToArray(), index - 1, None));
        Assert.True(await consul.Kv.CasAsync(key, "2"u8.ToArray(), index, None));
        Assert.False(await consul.Kv.DeleteCasAsync(key, index, None));
        Assert.True(await consul.Kv.DeleteCasAsync(key, (await consul.Kv.GetAsync(key, default, None)).Value!.ModifyIndex, None));
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task Keys_may_hold_any_characters_of_a_user_name(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var prefix = ConsulTargets.NewPrefix();
        string[] names = ["o'brien+tag@example.org", "50%25 off@x", "a b?c#d&e=f", "größe@exämple.org", "..a@x", "sub/user@x"];
        foreach (var name in names)
        {
            await consul.Kv.PutAsync(prefix + name, Encoding.UTF8.GetBytes(name), None);
        }

        var listed = await consul.Kv.ListAsync(prefix, default, None);
        Assert.Equal(names.Order(StringComparer.Ordinal), listed.Value.Select(p => p.Key[prefix.Length..]).Order(StringComparer.Ordinal));
        Assert.All(listed.Value, p => Assert.Equal(p.Key[prefix.Length..], Encoding.UTF8.GetString(p.Value!)));
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task Keys_with_empty_or_dot_segments_are_redirected_to_another_key(ConsulTarget target)
    {
        foreach (var path in new[] { "/v1/kv/a//b", "/v1/kv/a/../b", "/v1/kv/a/./b", "/v1/kv/a/%2e%2e/b", "/v1/kv//a" })
        {
            using var response = await targets.SendRawAsync(target, HttpMethod.Get, path);
            Assert.Equal(301, (int)response.StatusCode);
        }
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task Values_end_at_512_KiB(ConsulTarget target)
    {
        const int limit = 512 * 1024;
        var key = ConsulTargets.NewPrefix() + "big";
        foreach (var (size, status) in new[] { (limit - 1, 200), (limit, 200), (limit + 1, 413) })
        {
            using var response = await targets.SendRawAsync(target, HttpMethod.Put, "/v1/kv/" + key, new ByteArrayContent(new byte[size]));
            Assert.Equal(status, (int)response.StatusCode);
        }

        await targets.SendRawAsync(target, HttpMethod.Delete, "/v1/kv/" + key);
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task Errors_are_plain_text(ConsulTarget target)
    {
        foreach (var (path, text) in new[] { ("/v1/kv/x?index=abc", "Invalid index"), ("/v1/kv/x?index=1&wait=soon", "Invalid wait time") })
        {
            using var response = await targets.SendRawAsync(target, HttpMethod.Get, path);
            Assert.Equal(400, (int)response.StatusCode);
            Assert.Contains(text, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Targets))]
    public async Task Raw_and_separator(ConsulTarget target)
    {
        using var consul = targets.Client(target);
        var prefix = ConsulTargets.NewPrefix();
        await consul.Kv.PutAsync(prefix + "a/1", "raw"u8.ToArray(), None);
        await consul.Kv.PutAsync(prefix + "a/2", "x"u8.ToArray(), None);
        await consul.Kv.PutAsync(prefix + "b", "x"u8.ToArray(), None);

        using var raw = await targets.SendRawAsync(target, HttpMethod.Get, $"/v1/kv/{prefix}a/1?raw");
        Assert.Equal("raw", await raw.Content.ReadAsStringAsync());
        using var folders = await targets.SendRawAsync(target, HttpMethod.Get, $"/v1/kv/{prefix}?keys&separator=/");
        Assert.Equal([prefix + "a/", prefix + "b"], JsonSerializer.Deserialize<string[]>(await folders.Content.ReadAsStringAsync())!);
    }
}
