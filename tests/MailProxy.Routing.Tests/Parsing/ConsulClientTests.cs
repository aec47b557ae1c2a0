using System.Net;
using System.Net.Sockets;
using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Tests.Feed;
using Xunit;

namespace MailProxy.Routing.Tests.Parsing;

public sealed class ConsulClientTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task What_go_leaves_out_or_writes_as_null_is_empty()
    {
        const string json = """[{"Node":{"Node":"n","Address":"10.0.0.1","Meta":null},"Service":{"ID":"s","Service":"mail-store","Tags":null,"Meta":null},"Checks":null}]""";
        using var consul = Client(_ => (200, json));
        var health = Assert.Single((await consul.Health.ServiceAsync("mail-store", default, None)).Value);
        Assert.Equal(("", "10.0.0.1"), (health.Service.Address, health.Node.Address));
        Assert.Empty(health.Checks);
    }

    [Theory]
    [InlineData(301, "", ConsulFault.Permanent)]
    [InlineData(403, "Permission denied", ConsulFault.Denied)]
    [InlineData(500, "No cluster leader", ConsulFault.Temporary)]
    [InlineData(200, "not json", ConsulFault.Temporary)]
    [InlineData(200, "null", ConsulFault.Temporary)]
    public async Task Bad_answers_are_told_apart(int status, string body, ConsulFault fault)
    {
        using var consul = Client(_ => (status, body));
        var error = await Assert.ThrowsAsync<ConsulException>(() => consul.Kv.ListAsync("p/", default, None));
        Assert.Equal((fault, status), (error.Fault, error.StatusCode));
    }

    [Fact]
    public async Task Foreign_error_texts_forge_no_log_lines()
    {
        using var consul = Client(_ => (500, "first\r\nsecond\u001b[31m" + new string('x', 5000)));
        var error = await Assert.ThrowsAsync<ConsulException>(() => consul.Kv.GetAsync("k", default, None));
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.InRange(error.Message.Length, 1, 500);
    }

    [Fact]
    public async Task A_prefix_without_its_slash_and_a_key_that_would_become_another_are_never_sent()
    {
        var sent = 0;
        using var consul = Client(_ => (200, (++sent).ToString(null as IFormatProvider)));
        await Assert.ThrowsAsync<ArgumentException>(() => consul.Kv.ListAsync("mailproxy/users/bob", default, None));
        await Assert.ThrowsAsync<ArgumentException>(() => consul.Kv.DeleteTreeAsync("mailproxy", None));
        await Assert.ThrowsAsync<ArgumentException>(() => consul.Kv.GetAsync("mailproxy/users/../slots", default, None));
        await Assert.ThrowsAsync<ArgumentException>(() => consul.Kv.PutAsync("k", new byte[(512 * 1024) + 1], None));
        await Assert.ThrowsAsync<ArgumentException>(() => consul.Txn.ApplyAsync([new() { Verb = "set", Key = "a//b" }], None));
        Assert.Equal(0, sent);
    }

    [Fact]
    public async Task A_token_file_is_read_again_after_a_refusal_and_the_token_is_in_no_message()
    {
        var file = Path.Combine(System.IO.Directory.CreateTempSubdirectory("mailproxy-token").FullName, "token");
        await File.WriteAllTextAsync(file, "old-secret\n");
        var handler = new TokenHandler("new-secret");
        using var consul = new ConsulClient(new ConsulOptions { Address = "c.test:1", TokenFile = file }, handler, TimeProvider.System);

        var refused = await Assert.ThrowsAsync<ConsulException>(() => consul.Kv.GetAsync("k", default, None));
        Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "new-secret\n");
        Assert.False((await consul.Kv.GetAsync("k", default, None)).Found);

        File.Delete(file);
        Assert.False((await consul.Kv.GetAsync("k", default, None)).Found);
        handler.Wanted = "newer-secret";
        await Assert.ThrowsAsync<ConsulException>(() => consul.Kv.GetAsync("k", default, None));
        var unreadable = await Assert.ThrowsAsync<ConsulException>(() => consul.Kv.GetAsync("k", default, None));
        Assert.Contains(file, unreadable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_is_away_is_told_with_its_address()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = taken.LocalEndpoint.ToString()!;
        taken.Stop();
        using var consul = new ConsulClient(new ConsulOptions { Address = address }, null, TimeProvider.System);
        var error = await Assert.ThrowsAsync<ConsulException>(() => consul.Status.LeaderAsync(None));
        Assert.Equal(ConsulFault.Unreachable, error.Fault);
        Assert.Contains(address, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_unix_socket_is_an_address_too()
    {
        var path = Path.Combine(System.IO.Directory.CreateTempSubdirectory("mp").FullName, "s");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var consul = new ConsulClient(new ConsulOptions { Address = "unix://" + path }, null, TimeProvider.System);
        var asked = consul.Status.LeaderAsync(None);
        using var accepted = await listener.AcceptAsync();
        await accepted.ReceiveAsync(new byte[4096]);
        await accepted.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\"a:1\""u8.ToArray());
        Assert.Equal("a:1", await asked);
    }

    private static ConsulClient Client(Func<string, (int Status, string Body)> answer) =>
        new(new ConsulOptions { Address = "consul.test:8500" }, new AnsweringHandler(answer), TimeProvider.System);

    private sealed class TokenHandler(string wanted) : HttpMessageHandler
    {
        public string Wanted { get; set; } = wanted;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(request.Headers.GetValues("X-Consul-Token").Single() == Wanted ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden));
    }
}
