using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Relaying;

/// <summary>Submitted mail for other domains goes to a pool of relays, which are real Postfix.</summary>
public sealed class RelayPoolTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly TestAuthority _authority = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_relay_that_lives_takes_the_mail_over_tls_and_hears_who_logged_in()
    {
        ForeignProgram.Require("swaks");
        PostfixServer.Require();
        var relay = await PostfixServer.StartAsync(_folder, "relay-1", _authority);
        try
        {
            await File.WriteAllTextAsync(_folder.File("ca.pem"), _authority.Authorities.ExportCertificatePems());
            using var dead = new DeadPort();
            await using var node = await RelayingNode.StartAsync(_folder, stores: 1, configuration => configuration["Relay"] = new System.Text.Json.Nodes.JsonObject
            {
                ["Smarthost"] = $"127.0.0.1:{dead.Port}, 127.0.0.1:{relay.Port}",
                ["SmarthostTls"] = "starttls",
                ["Authorities"] = _folder.File("ca.pem"),
                ["TellClient"] = true,
            });
            var sent = await node.SubmitAsync(Messages.Make("to-others"), "alice@example.org", "friend@elsewhere.example,alice@example.org", "sales@example.org");
            sent.Expect(0);
            await relay.SeeInLogAsync("client=", "[127.0.0.1]", "sasl_method=XCLIENT", "sasl_username=alice@example.org");
            await relay.SeeInLogAsync("from=<sales@example.org>", "nrcpt=1");
            await relay.SeeInLogAsync("to=<friend@elsewhere.example>", "status=sent");
            await relay.SeeInLogAsync("TLS connection established from");
            Assert.Equal(Messages.Make("to-others"), Messages.WithoutTrace(System.Text.Encoding.Latin1.GetBytes(Assert.Single(await node.InboxAsync("alice@example.org")))));

            var refused = await node.SubmitAsync(Messages.Make("forged"), "alice@example.org", "friend@elsewhere.example", "bob@example.org");
            Assert.Contains("553 5.7.1 This sender address is not yours.", refused.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("from=<bob@example.org>", relay.Log, StringComparison.Ordinal);
        }
        finally
        {
            await relay.StopAsync();
        }
    }

    [Fact]
    public async Task Without_a_relay_that_lives_mail_for_others_is_put_off_at_rcpt()
    {
        ForeignProgram.Require("swaks");
        using var dead = new DeadPort();
        await using var node = await RelayingNode.StartAsync(
            _folder, stores: 1, configuration => configuration["Relay"] = new System.Text.Json.Nodes.JsonObject { ["Smarthost"] = $"127.0.0.1:{dead.Port}", ["SmarthostTls"] = "none" });
        var sent = await node.SubmitAsync(Messages.Make("nowhere"), "alice@example.org", "friend@elsewhere.example");
        Assert.Contains("451 4.4.1", sent.Output, StringComparison.Ordinal);
    }

    // Bound and not listening: nobody else gets the port, and nobody answers at it.
    private sealed class DeadPort : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public DeadPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

        public void Dispose() => _socket.Dispose();
    }
}
