using System.Text;
using System.Text.Json.Nodes;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.OpenSsl;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Relaying;

/// <summary>Real milters in front of a reference store: one that signs, and one that does everything that libmilter knows.</summary>
public sealed class MilterTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task OpenDKIM_signs_what_is_submitted_and_the_signature_is_good()
    {
        ForeignProgram.Require("swaks", "opendkim");
        await using var milter = await OpenDkim.StartAsync(_folder, _folder.File("dkim.sock"));
        await using var node = await StartAsync("opendkim", "dkim.sock", mx: false);
        foreach (var lines in new[] { 1, 20_000 })
        {
            (await node.SubmitAsync(Messages.Make($"signed-{lines}", lines).Replace("me@example.net", "alice@example.org", StringComparison.Ordinal), "alice@example.org", "alice@example.org")).Expect(0);
        }

        foreach (var stored in await node.InboxAsync("alice@example.org"))
        {
            Assert.Contains("\r\nDKIM-Signature: ", stored, StringComparison.Ordinal);
            using var octets = new MemoryStream(Encoding.Latin1.GetBytes(stored));
            var message = await MimeMessage.LoadAsync(octets);
            var signature = message.Headers[message.Headers.IndexOf(HeaderId.DkimSignature)];
            Assert.True(await new DkimVerifier(new FileLocator(_folder.File("dkim.key"))).VerifyAsync(message, signature), stored[..Math.Min(stored.Length, 2_000)]);
        }

        Assert.Equal(2, (await node.InboxAsync("alice@example.org")).Count);

        // Nobody logs in on MX, and it is not asked there.
        (await node.SendAsync(Messages.Make("not-signed"), "me@example.net", "carol@example.org")).Expect(0);
        Assert.DoesNotContain("DKIM-Signature", Assert.Single(await node.InboxAsync("carol@example.org")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_milter_of_libmilter_judges_and_changes_messages_at_mx()
    {
        ForeignProgram.Require("swaks");
        await PythonMilter.RequireAsync();
        await using var milter = await PythonMilter.StartAsync(_folder, _folder.File("judge.sock"));
        await using var node = await StartAsync("judge", "judge.sock", mx: true);
        foreach (var (sender, answer) in new[]
        {
            ("refused-sender", "553 5.1.8 No such sender"), ("rejected", "550 5.7.1 Not this one"), ("put-off", "451 4.7.1"), ("quarantined", "550 5.7.1"), ("discarded", "250 2.0.0"),
        })
        {
            var sent = await node.SendAsync(Messages.Make(sender), $"{sender}@example.net", "alice@example.org");
            Assert.Contains(answer, sent.Output, StringComparison.Ordinal);
        }

        Assert.Empty(await node.InboxAsync("alice@example.org"));
        (await node.SendAsync(Messages.Make("changed"), "changed@example.net", "alice@example.org")).Expect(0);
        Assert.Empty(await node.InboxAsync("alice@example.org"));
        var changed = Assert.Single(await node.InboxAsync("carol@example.org"));
        Assert.StartsWith("Return-Path: <other@example.net>\r\nReceived: from ", changed, StringComparison.Ordinal);
        Assert.Contains("\r\nX-First: yes\r\nFrom: Me", changed, StringComparison.Ordinal);
        Assert.Contains("\r\nSubject: changed\r\n", changed, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Judged: by a milter,\r\n\tfolded\r\n", changed, StringComparison.Ordinal);
        Assert.DoesNotContain("MIME-Version", changed, StringComparison.Ordinal);

        (await node.SendAsync(Messages.Make("new-body"), "new-body@example.net", "alice@example.org")).Expect(0);
        Assert.EndsWith("\r\n\r\nall new\r\n", Assert.Single(await node.InboxAsync("alice@example.org")), StringComparison.Ordinal);

        // Larger than what is kept in memory, and slower than the milter's time for one answer.
        var large = Messages.Make("slow", 20_000);
        (await node.SendAsync(large, "slow@example.net", "carol@example.org")).Expect(0);
        var stored = (await node.InboxAsync("carol@example.org"))[^1];
        Assert.Equal(large[(large.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..], stored[(stored.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.Contains($"\r\nX-Octets: {large.Length - large.IndexOf("\r\n\r\n", StringComparison.Ordinal) - 4}\r\n", stored, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tempfail", "hangs", "451 4.7.1")]
    [InlineData("tempfail", "dies", "451 4.7.1")]
    [InlineData("accept", "hangs", "250 2.0.0")]
    [InlineData("accept", "dies", "250 2.0.0")]
    public async Task A_milter_that_hangs_or_dies_is_treated_as_configured(string failure, string sender, string answer)
    {
        ForeignProgram.Require("swaks");
        await PythonMilter.RequireAsync();
        await using var milter = await PythonMilter.StartAsync(_folder, _folder.File("judge.sock"));
        await using var node = await StartAsync("judge", "judge.sock", mx: true, failure);
        var sent = await node.SendAsync(Messages.Make(sender), $"{sender}@example.net", "alice@example.org");
        Assert.Contains(answer, sent.Output, StringComparison.Ordinal);
        Assert.Equal(failure == "accept" ? 1 : 0, (await node.InboxAsync("alice@example.org")).Count);
        await node.Proxy.SeeAsync("milter judge at unix:");
    }

    [Fact]
    public async Task A_milter_that_says_again_and_again_that_it_is_at_work_has_one_time_for_a_message()
    {
        ForeignProgram.Require("swaks");
        await PythonMilter.RequireAsync();
        await using var milter = await PythonMilter.StartAsync(_folder, _folder.File("judge.sock"));
        await using var node = await StartAsync("judge", "judge.sock", mx: true, messageTimeout: "00:00:02");
        var sent = await node.SendAsync(Messages.Make("slow"), "slow@example.net", "alice@example.org");
        Assert.Contains("451 4.7.1", sent.Output, StringComparison.Ordinal);
        Assert.Empty(await node.InboxAsync("alice@example.org"));
        await node.Proxy.SeeAsync("Milter:MessageTimeout");
    }

    private Task<RelayingNode> StartAsync(string name, string socket, bool mx, string failure = "tempfail", string messageTimeout = "00:04:00") => RelayingNode.StartAsync(
        _folder, stores: 1, configuration => configuration["Milter"] = new JsonObject
        {
            ["Servers"] = new JsonArray(new JsonObject
            {
                ["Name"] = name, ["Address"] = "unix:" + _folder.File(socket), ["Mx"] = mx, ["OnFailure"] = failure, ["ContentTimeout"] = "00:00:03",
            }),
            ["SpoolMemory"] = 65_536,
            ["MessageTimeout"] = messageTimeout,
            ["SpoolPath"] = _folder.Path,
        });

    // Instead of the DNS: the public half of the key that signs.
    private sealed class FileLocator(string file) : IDkimPublicKeyLocator
    {
        public AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default)
        {
            using var reader = new StreamReader(file);
            return ((AsymmetricCipherKeyPair)new PemReader(reader).ReadObject()).Public;
        }

        public Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));
    }
}
