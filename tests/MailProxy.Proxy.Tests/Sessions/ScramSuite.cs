using System.Security.Cryptography;
using System.Text.Json;
using MailProxy.Directory;
using MailProxy.Directory.File;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.Proxy.Tests.Sessions;

public abstract class ScramSuite(RigTransport on) : IAsyncDisposable
{
    private readonly TempDirectory _folder = new();
    private IDirectoryProvider? _users;

    public async ValueTask DisposeAsync()
    {
        if (_users is not null)
        {
            await _users.DisposeAsync();
        }

        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("SCRAM-SHA-256", "alice@example.org")]
    [InlineData("SCRAM-SHA-1", "alice@example.org")]
    [InlineData("SCRAM-SHA-256", "keys@example.org")]
    public async Task The_client_proves_its_password_and_the_server_that_it_knows_it(string mechanism, string user)
    {
        await using var rig = await RigAsync();
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-1]*");
        var scram = new ScramClient(mechanism == "SCRAM-SHA-1" ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256, user, "secret");
        await client.SendLineAsync($"a AUTHENTICATE {mechanism} {scram.First}");
        await client.SendLineAsync(scram.Final((await client.ExpectAsync("+ *"))[2..]));
        Assert.True(scram.Trusts((await client.ExpectAsync("+ *"))[2..]));
        await client.SendLineAsync("");
        await store.AcceptImapLoginAsync();
        await client.ExpectAsync("a OK *");
    }

    [Fact]
    public async Task Pop3_and_submission_frame_it_their_way()
    {
        await using var rig = await RigAsync();
        await using var store = await rig.StoreAsync("store-1", 110);
        var client = await rig.ConnectAsync(MailProtocol.Pop3);
        await client.ExpectAsync("+OK *");
        var scram = new ScramClient(HashAlgorithmName.SHA256, "alice@example.org", "wrong");
        await client.SendLineAsync("AUTH SCRAM-SHA-256");
        await client.ExpectAsync("+ ");
        await client.SendLineAsync(scram.First);
        await client.SendLineAsync(scram.Final((await client.ExpectAsync("+ *"))[2..]));
        await client.ExpectAsync("-ERR [AUTH] *");
        var sender = await rig.ConnectAsync(MailProtocol.Submission);
        await sender.ExpectAsync("220 *");
        await sender.SendLineAsync("EHLO me.example");
        await sender.ExpectUntilAsync("250 AUTH SCRAM-SHA-256 SCRAM-SHA-1");
        scram = new ScramClient(HashAlgorithmName.SHA256, "alice@example.org", "secret");
        await sender.SendLineAsync($"AUTH SCRAM-SHA-256 {scram.First}");
        await sender.SendLineAsync(scram.Final((await sender.ExpectAsync("334 *"))[4..]));
        Assert.True(scram.Trusts((await sender.ExpectAsync("334 *"))[4..]));
        await sender.SendLineAsync("");
        await sender.ExpectAsync("235 *");
    }

    [Fact]
    public async Task In_managesieve_the_last_word_goes_with_the_yes()
    {
        await using var rig = await RigAsync();
        await using var store = await rig.StoreAsync("store-1", 4190);
        var client = await rig.ConnectAsync(MailProtocol.Sieve);
        await client.ExpectUntilAsync("OK *");
        var scram = new ScramClient(HashAlgorithmName.SHA256, "alice@example.org", "secret");
        await client.SendLineAsync($"AUTHENTICATE \"SCRAM-SHA-256\" \"{scram.First}\"");
        await client.SendLineAsync($"\"{scram.Final((await client.ExpectAsync("\"*\""))[1..^1])}\"");
        await store.AcceptSieveLoginAsync();
        var yes = await client.ExpectAsync("OK (SASL \"*\") \"in\"");
        Assert.True(scram.Trusts(yes["OK (SASL \"".Length..yes.IndexOf("\")", StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task A_wrong_password_and_a_name_that_nobody_has_look_alike_and_each_name_keeps_its_salt()
    {
        await using var rig = await RigAsync();
        rig.Limits.LoginAttempts = 10;
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        var shown = new List<(string Salt, int Rounds)>();
        foreach (var user in new[] { "alice@example.org", "keys@example.org", "nobody@example.org", "nobody@example.org", "NOBODY", "keys" })
        {
            var scram = new ScramClient(HashAlgorithmName.SHA256, user, "wrong");
            await client.SendLineAsync($"a AUTHENTICATE SCRAM-SHA-256 {scram.First}");
            await client.SendLineAsync(scram.Final((await client.ExpectAsync("+ *"))[2..]));
            shown.Add((scram.Salt, scram.Rounds));
            if (shown.Count < 6)
            {
                await client.ExpectAsync("a NO [AUTHENTICATIONFAILED] *");
            }
        }

        Assert.All(shown, one => Assert.Equal((16, 4096), (Convert.FromBase64String(one.Salt).Length, one.Rounds)));
        Assert.Equal(shown[2], shown[3]);
        Assert.Equal(shown[2], shown[4]);
        Assert.Equal(shown[1], shown[5]);
        Assert.Equal(3, shown.Take(3).Select(one => one.Salt).Distinct().Count());
    }

    [Fact]
    public async Task An_altered_nonce_and_a_replayed_message_are_refused()
    {
        await using var rig = await RigAsync();
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        var altered = new ScramClient(HashAlgorithmName.SHA256, "alice@example.org", "secret") { Nonce = nonce => nonce + "x" };
        await client.SendLineAsync($"a AUTHENTICATE SCRAM-SHA-256 {altered.First}");
        await client.SendLineAsync(altered.Final((await client.ExpectAsync("+ *"))[2..]));
        await client.ExpectAsync("a NO [AUTHENTICATIONFAILED] *");
        var heard = new ScramClient(HashAlgorithmName.SHA256, "alice@example.org", "secret");
        await client.SendLineAsync($"b AUTHENTICATE SCRAM-SHA-256 {heard.First}");
        var final = heard.Final((await client.ExpectAsync("+ *"))[2..]);
        await client.SendLineAsync("*");
        await client.ExpectAsync("b BAD *cancelled*");
        await client.SendLineAsync($"c AUTHENTICATE SCRAM-SHA-256 {heard.First}");
        await client.ExpectAsync("+ *");
        await client.SendLineAsync(final);
        await client.ExpectAsync("c NO [AUTHENTICATIONFAILED] *");
    }

    [Theory]
    [InlineData("SCRAM-SHA-256", "p=tls-exporter,,")]
    [InlineData("SCRAM-SHA-256", "p=tls-unique,,")]
    public async Task A_binding_that_the_mechanism_does_not_have_is_refused(string mechanism, string header)
    {
        await using var rig = await RigAsync();
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync($"a AUTHENTICATE {mechanism} {new ScramClient(HashAlgorithmName.SHA256, "alice@example.org", "secret", header).First}");
        await client.ExpectAsync("a NO [AUTHENTICATIONFAILED] *");
    }

    [Fact]
    public async Task A_store_that_wants_the_password_is_a_fault_of_ours_that_the_log_explains()
    {
        await using var rig = await RigAsync();
        rig.Router.AddStore("store-1", login: "password");
        await using var store = await rig.StoreAsync("store-1", 143);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        var scram = new ScramClient(HashAlgorithmName.SHA256, "alice@example.org", "secret");
        await client.SendLineAsync($"a AUTHENTICATE SCRAM-SHA-256 {scram.First}");
        await client.SendLineAsync(scram.Final((await client.ExpectAsync("+ *"))[2..]));
        await client.ExpectAsync("+ *");
        await client.SendLineAsync("");
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
        Assert.Contains(rig.Log.Entries, entry => entry.Text.Contains("take the mechanism out of Authentication:Mechanisms", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_the_directory_cannot_say_nobody_hears_of_a_wrong_password()
    {
        await using var rig = new ProxyRig(on) { Mechanisms = new SaslMechanisms(["SCRAM-SHA-256"]) };
        await using var away = UserDirectoryFactory.Create(
            new DirectoryOptions { File = new FileDirectoryOptions { Path = _folder.File("missing.json") } }, NullLoggerFactory.Instance, rig.Time);
        rig.Users = away;
        await away.StartAsync(CancellationToken.None);
        var client = await rig.ConnectAsync(MailProtocol.Imap);
        await client.ExpectAsync("* OK *");
        await client.SendLineAsync($"a AUTHENTICATE SCRAM-SHA-256 {new ScramClient(HashAlgorithmName.SHA256, "alice@example.org", "secret").First}");
        await client.ExpectAsync("a NO [UNAVAILABLE] *");
    }

    /// <summary>A rig whose directory is made as a node makes it, with keys that doveadm's form holds.</summary>
    private protected async Task<ProxyRig> RigAsync(params string[] mechanisms)
    {
        var rig = new ProxyRig(on) { Mechanisms = new SaslMechanisms(mechanisms.Length > 0 ? mechanisms : ["SCRAM-SHA-256", "SCRAM-SHA-1"]) };
        var users = new object[]
        {
            new { name = "alice@example.org", password = "{PLAIN}secret", home = "store-1" },
            new { name = "keys@example.org", password = KeysOf("secret"), home = "store-1" },
        };
        var file = _folder.File("scram.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { domains = new[] { "example.org" }, users }));
        _users = UserDirectoryFactory.Create(new DirectoryOptions { File = new FileDirectoryOptions { Path = file } }, NullLoggerFactory.Instance, rig.Time);
        await _users.StartAsync(CancellationToken.None);
        rig.Users = _users;
        return rig;
    }

    private static string KeysOf(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, 4096, HashAlgorithmName.SHA256, 32);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        return $"{{SCRAM-SHA-256}}4096,{Convert.ToBase64String(salt)},{Convert.ToBase64String(stored)},{Convert.ToBase64String(HMACSHA256.HashData(salted, "Server Key"u8))}";
    }
}
