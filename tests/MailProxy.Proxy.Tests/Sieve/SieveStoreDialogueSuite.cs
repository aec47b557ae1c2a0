using System.Collections.Frozen;
using System.Net;
using MailProxy.Directory;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sieve;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Proxy.Wire;
using MailProxy.Routing.Catalog;
using MailProxy.Testing;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace MailProxy.Proxy.Tests.Sieve;

/// <summary>The store leg by itself: in memory a session's client has no IP address to tell.</summary>
public abstract class SieveStoreDialogueSuite(RigTransport on) : IAsyncDisposable
{
    private readonly Secret _master = new("master"u8.ToArray());
    private readonly List<Secret> _secrets = [];
    private readonly List<ConnectionContext> _dialled = [];

    [Theory]
    [InlineData("\"XCLIENT\"", "XCLIENT ADDR=192.0.2.7 PORT=4711 SESSION=s1 TTL=5")]
    [InlineData("\"XCLIENT\" \"ADDR TTL\"", "XCLIENT ADDR=192.0.2.7 TTL=5")]
    public async Task The_client_is_named_behind_tls_only(string offer, string said)
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await StartAsync(rig, "\"XCLIENT\"\r\n");
        await store.SendAsync($"\"SASL\" \"PLAIN\"\r\n{offer}\r\nOK\r\n");
        await store.ExpectAsync(said);
        await store.SendLineAsync("OK \"Updated\"");
        await store.ExpectAsync("AUTHENTICATE \"PLAIN\" \"*\"");
        await store.SendLineAsync("OK \"Logged in.\"");
        Assert.Equal("Logged in.", (await welcome).Value?.Text);
    }

    [Fact]
    public async Task The_client_is_named_only_where_starttls_was_said()
    {
        await using var rig = new ProxyRig(on);
        var (welcome, listener) = await DialAsync(rig, isUpgraded: false);
        var store = await listener.AcceptOneAsync();
        await store.SendAsync("\"SASL\" \"PLAIN\"\r\n\"XCLIENT\"\r\nOK\r\n");
        await store.ExpectAsync("AUTHENTICATE \"PLAIN\" \"*\"");
        await store.SendLineAsync("OK");
        Assert.True((await welcome).IsDone);
    }

    [Fact]
    public async Task What_was_offered_in_clear_counts_no_more()
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await StartAsync(rig, "\"XCLIENT\"\r\n\"SIEVE\" \"evil\"\r\n");
        await store.SendAsync("\"SIEVE\" \"fileinto\"\r\nOK\r\n");
        await store.ExpectAsync("AUTHENTICATE *");
        await store.SendLineAsync("OK");
        Assert.Equal("Logged in.", (await welcome).Value?.Text);
        Assert.Equal("fileinto", Scripts.Sieve);
    }

    [Theory]
    [InlineData("\"SASL\" \"PLAIN\"\r\n\"XCLIENT\"\r\nOK\r\n", "NO \"not you\"", ProxyFailure.StoreProtocolError)]
    [InlineData("\"XCLIENT\"\r\nOK\r\n", "NO (TRYLATER)", ProxyFailure.StoreTemporaryFailure)]
    public async Task A_store_that_refuses_whom_it_offered_to_hear_of_is_at_fault(string capabilities, string answer, ProxyFailure failure)
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await StartAsync(rig, "");
        await store.SendAsync(capabilities);
        await store.ExpectAsync("XCLIENT *");
        await store.SendLineAsync(answer);
        Assert.Equal(failure, (await welcome).Failure);
    }

    [Theory]
    [InlineData("OK \"no capabilities at all\"\r\n", ProxyFailure.StoreTlsFailed)]
    [InlineData("BYE \"full\"\r\n", ProxyFailure.StoreProtocolError)]
    [InlineData("BYE (TRYLATER)\r\n", ProxyFailure.StoreTemporaryFailure)]
    [InlineData("* OK [CAPABILITY IMAP4rev1]\r\n", ProxyFailure.StoreProtocolError)]
    public async Task A_greeting_that_is_none_or_lacks_starttls_ends_the_attempt(string greeting, ProxyFailure failure)
    {
        await using var rig = new ProxyRig(on);
        var (welcome, listener) = await DialAsync(rig);
        await (await listener.AcceptOneAsync()).SendAsync(greeting);
        Assert.Equal(failure, (await welcome).Failure);
    }

    [Fact]
    public async Task Endless_capabilities_end_the_attempt()
    {
        await using var rig = new ProxyRig(on);
        var (welcome, listener) = await DialAsync(rig);
        await (await listener.AcceptOneAsync()).SendAsync(string.Concat(Enumerable.Range(0, 60).Select(number => $"\"X{number}\"\r\n")));
        Assert.Equal(ProxyFailure.StoreProtocolError, (await welcome).Failure);
    }

    [Fact]
    public async Task Replies_in_clear_behind_starttls_fail_the_attempt()
    {
        await using var rig = new ProxyRig(on);
        var (welcome, listener) = await DialAsync(rig);
        var store = await listener.AcceptOneAsync();
        await store.SendAsync("\"STARTTLS\"\r\nOK\r\n");
        await store.ExpectAsync("STARTTLS");
        await store.SendAsync("OK \"Begin\"\r\n\"SASL\" \"PLAIN\"\r\nOK \"as if encrypted\"\r\n");
        Assert.Equal(ProxyFailure.StoreTlsFailed, (await welcome).Failure);
    }

    [Fact]
    public async Task A_long_response_is_a_literal()
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await StartAsync(rig, "", StoreLoginMethod.Token, new string('t', 2_000));
        await store.SendAsync("\"SASL\" \"OAUTHBEARER\"\r\nOK\r\n");
        var command = await store.ExpectAsync("AUTHENTICATE \"OAUTHBEARER\" {*+}");
        await store.ReadAsync(int.Parse(command[(command.IndexOf('{', StringComparison.Ordinal) + 1)..^2], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("", await store.ReadLineAsync());
        await store.SendLineAsync("\"eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=\"");
        await store.ExpectAsync("\"AQ==\"");
        await store.SendLineAsync("NO \"no\"");
        var refused = await welcome;
        Assert.Equal(ProxyFailure.StoreRefusedLogin, refused.Failure);
        Assert.Contains("(invalid_token)", refused.Detail, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _dialled)
        {
            await connection.DisposeAsync();
        }

        _secrets.ForEach(secret => secret.Dispose());
        _master.Dispose();
        GC.SuppressFinalize(this);
    }

    private LearntExtensions Scripts { get; } = new();

    // The leg up to the end of STARTTLS.
    private async Task<(Task<Outcome<StoreWelcome>> Welcome, DialogueClient Store)> StartAsync(
        ProxyRig rig, string inClear, StoreLoginMethod method = StoreLoginMethod.Master, string secret = "")
    {
        var (welcome, listener) = await DialAsync(rig, method, secret);
        var store = await listener.AcceptOneAsync();
        await store.SendAsync($"{inClear}\"STARTTLS\"\r\nOK \"ready\"\r\n");
        await store.ExpectAsync("STARTTLS");
        await store.SendLineAsync("OK \"Begin TLS negotiation now.\"");
        Assert.Equal(TlsOutcome.Done, await store.Connection.Features.Get<ITlsFeature>()!.BecomeServerAsync(rig.StoreTls(), CancellationToken.None));
        return (welcome, store);
    }

    private async Task<(Task<Outcome<StoreWelcome>> Welcome, ScriptedStore Listener)> DialAsync(
        ProxyRig rig, StoreLoginMethod method = StoreLoginMethod.Master, string secret = "", bool isUpgraded = true)
    {
        var listener = await rig.StoreAsync("store-1", 4190);
        _dialled.Add(await rig.Transport.ConnectAsync(listener.EndPoint, CancellationToken.None));
        _secrets.Add(new Secret(System.Text.Encoding.ASCII.GetBytes(secret)));
        var wire = new MailWire(_dialled[^1]);
        var node = new StoreNode("store-1", "store-1.example.org", FrozenDictionary<StoreService, int>.Empty, StoreTlsMode.StartTls, "master", StoreState.Online);
        var leg = new StoreLeg(
            node, "alice@example.org", method, new MasterAccount("proxy", _master), _secrets[^1], isUpgraded ? rig.ClientTls : null,
            "s1", new IPEndPoint(IPAddress.Parse("192.0.2.7"), 4711), null, 5, "mail.example.org");
        return (new SieveStoreDialogue(tellClientAddress: true, Scripts).LogInAsync(wire, leg, CancellationToken.None).AsTask(), listener);
    }
}
