using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Net.Smtp;
using MailKit.Security;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Clients;

[Collection(nameof(DevClusterCollection))]
public sealed class MechanismTests(DevClusterFixture cluster)
{
    private static readonly string[] All = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "EXTERNAL", "CRAM-MD5", "APOP", "PLAIN"];

    [Theory]
    [InlineData("linux")]
    [InlineData("portable")]
    public async Task MailKit_logs_in_by_scram_and_trusts_only_who_knows_the_keys(string transport)
    {
        ForeignProgram.Require("openssl");
        var user = cluster.TakeUser();
        await using var proxy = await MechanismProxy.StartAsync(cluster, user, transport, All);
        foreach (var mechanism in new SaslMechanism[] { new SaslMechanismScramSha256(user, "secret"), new SaslMechanismScramSha1(user, "secret"), new SaslMechanismCramMd5(user, "secret") })
        {
            using var imap = new ImapClient();
            MailClients.Trust(imap, cluster.Authority);
            await imap.ConnectAsync("localhost", proxy.Port("imaps"), SecureSocketOptions.SslOnConnect);
            Assert.Equal(transport == "linux", imap.AuthenticationMechanisms.Contains("SCRAM-SHA-256-PLUS"));
            await imap.AuthenticateAsync(mechanism);
            Assert.True(imap.Inbox!.Exists);
        }

        using var pop3 = new Pop3Client();
        MailClients.Trust(pop3, cluster.Authority);
        await pop3.ConnectAsync("localhost", proxy.Port("pop3"), SecureSocketOptions.StartTls);
        await Assert.ThrowsAsync<AuthenticationException>(() => pop3.AuthenticateAsync(new SaslMechanismScramSha256(user, "wrong")));
        await pop3.AuthenticateAsync(new SaslMechanismScramSha256(user, "secret"));
        Assert.Equal(0, pop3.Count);
        using var smtp = new SmtpClient();
        MailClients.Trust(smtp, cluster.Authority);
        await smtp.ConnectAsync("localhost", proxy.Port("submission"), SecureSocketOptions.StartTls);
        await smtp.AuthenticateAsync(new SaslMechanismScramSha256(user, "secret"));
        Assert.True(smtp.IsAuthenticated);
    }

    [Theory]
    [InlineData("SCRAM-SHA-256-PLUS")]
    [InlineData("SCRAM-SHA-1-PLUS")]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("CRAM-MD5")]
    public async Task Gsasl_logs_in_over_starttls(string mechanism)
    {
        ForeignProgram.Require("openssl", "gsasl");
        var user = cluster.TakeUser();
        await using var proxy = await MechanismProxy.StartAsync(cluster, user, "linux", All.Where(name => mechanism.EndsWith("-PLUS", StringComparison.Ordinal) || !name.EndsWith("-PLUS", StringComparison.Ordinal)).ToArray());
        Assert.Contains(". OK [CAPABILITY", (await GsaslAsync(proxy, mechanism, user, "secret")).Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains(". NO [AUTHENTICATIONFAILED]", (await GsaslAsync(proxy, mechanism, user, "wrong")).Expect(1).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux")]
    [InlineData("portable")]
    public async Task Curl_logs_in_by_its_certificate_and_not_without(string transport)
    {
        ForeignProgram.Require("openssl", "curl");
        var user = cluster.TakeUser();
        await using var proxy = await MechanismProxy.StartAsync(cluster, user, transport, All);
        string[] certificate = ["--cert", proxy.File("user.pem"), "--key", proxy.File("user.key")];
        foreach (var url in new[] { $"imaps://localhost:{proxy.Port("imaps")}/", $"pop3s://localhost:{proxy.Port("pop3s")}/" })
        {
            (await CurlAsync(user, url, certificate)).Expect(0);

            // 67: login denied. Another user's name, and no certificate.
            (await CurlAsync(cluster.TakeUser(), url, certificate)).Expect(67);
            Assert.NotEqual(0, (await CurlAsync(user, url)).ExitCode);
        }

        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder.File("m"), Messages.Make("external"));
        (await CurlAsync(user, $"smtps://localhost:{proxy.Port("submissions")}", [.. certificate, "--mail-from", user, "--mail-rcpt", user, "--upload-file", folder.File("m")])).Expect(0);
        Assert.Single(await MailClients.ReadInboxAsync(cluster, user));
    }

    [Theory]
    [InlineData("APOP", "pop3s", "any")]
    [InlineData("IMAP", "imaps", "cram-md5")]
    public async Task Fetchmail_answers_challenges(string protocol, string listener, string auth)
    {
        ForeignProgram.Require("openssl", "fetchmail");
        var user = cluster.TakeUser();
        await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], Messages.Make("digest"));
        await using var proxy = await MechanismProxy.StartAsync(cluster, user, "linux", "CRAM-MD5", "APOP");
        foreach (var (password, exit) in new[] { ("wrong", 3), ("secret", 0) })
        {
            using var folder = new TempDirectory();
            await File.WriteAllTextAsync(
                folder.File("rc"),
                $"""
                set idfile "{folder.File("ids")}"
                set pidfile "{folder.File("pid")}"
                poll localhost protocol {protocol} service {proxy.Port(listener)} auth {auth}
                  user "{user}" password "{password}" ssl sslcertck sslcertfile "{cluster.Authority}" keep
                  no rewrite mda "cat > {folder.File("mail")}"

                """);
            File.SetUnixFileMode(folder.File("rc"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var environment = new Dictionary<string, string> { ["HOME"] = folder.Path, ["FETCHMAILHOME"] = folder.Path };
            (await ForeignProgram.RunAsync("fetchmail", ["-f", folder.File("rc"), "--nodetach", "--nosyslog"], environment: environment)).Expect(exit);
            Assert.Equal(exit == 0, File.Exists(folder.File("mail")));
        }
    }

    [Fact]
    public async Task Swaks_authenticates_by_cram_md5()
    {
        ForeignProgram.Require("openssl", "swaks");
        var user = cluster.TakeUser();
        await using var proxy = await MechanismProxy.StartAsync(cluster, user, "linux", "CRAM-MD5");
        foreach (var (password, exit) in new[] { ("wrong", 28), ("secret", 0) })
        {
            (await ForeignProgram.RunAsync(
                "swaks",
                ["--server", "127.0.0.1", "--port", $"{proxy.Port("submission")}", "--tls", "--auth", "CRAM-MD5", "--auth-user", user, "--auth-password", password, "--from", user, "--to", user, "--quit-after", "AUTH"])).Expect(exit);
        }
    }

    // By IMAP only: behind EHLO it finds STARTTLS in no last line, and ends with 0 though it never logged in. Without --no-cb it binds or does nothing.
    private Task<ProgramResult> GsaslAsync(MechanismProxy proxy, string mechanism, string user, string password) => ForeignProgram.RunAsync(
        "gsasl",
        [
            "--imap", "--verbose", $"--connect=localhost:{proxy.Port("imap")}", $"--mechanism={mechanism}", $"--authentication-id={user}", $"--password={password}",
            $"--x509-ca-file={cluster.Authority}", .. mechanism.EndsWith("-PLUS", StringComparison.Ordinal) ? Array.Empty<string>() : ["--no-cb"],
        ]);

    private Task<ProgramResult> CurlAsync(string user, string url, params string[] more) => ForeignProgram.RunAsync(
        "curl", ["--silent", "--show-error", "--cacert", cluster.Authority, "--login-options", "AUTH=EXTERNAL", "--user", user + ":", .. more, url]);
}
