using System.Security.Cryptography;
using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Security;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Dovecot;

/// <summary>Login <c>bearer</c> at a real Dovecot that judges tokens by their signature, by both mechanisms.</summary>
public sealed class DovecotBearerTests
{
    private const string User = "alice@example.org";

    [Theory]
    [InlineData("plain oauthbearer xoauth2", 300)]
    [InlineData("plain oauthbearer", 4_000)]
    [InlineData("plain xoauth2", 300)]
    [InlineData("plain xoauth2", 4_000)]
    public async Task A_token_opens_imap_and_pop3_and_a_bad_one_is_our_fault(string mechanisms, int padding)
    {
        ForeignProgram.Require("dovecot");
        using var folder = new TempDirectory();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)Convert.ToInt32("755", 8));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var dovecot = await StartAsync(folder, key, mechanisms);
        await using var good = await BearerNode.StartAsync(dovecot.Options.FirstPort, TokenBy(key, padding));
        using (var imap = new ImapClient())
        {
            await imap.ConnectAsync("127.0.0.1", good.ImapPort, SecureSocketOptions.None);
            await imap.AuthenticateAsync(User, "secret");
            await imap.Inbox!.OpenAsync(MailKit.FolderAccess.ReadOnly);
            await imap.DisconnectAsync(quit: true);
        }

        using (var pop3 = new Pop3Client())
        {
            await pop3.ConnectAsync("127.0.0.1", good.Pop3Port, SecureSocketOptions.None);
            await pop3.AuthenticateAsync(User, "secret");
            Assert.Equal(0, pop3.Count);
            await pop3.DisconnectAsync(quit: true);
        }

        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var bad = await BearerNode.StartAsync(dovecot.Options.FirstPort, TokenBy(stranger, padding));
        using var refused = new ImapClient();
        await refused.ConnectAsync("127.0.0.1", bad.ImapPort, SecureSocketOptions.None);
        var exception = await Assert.ThrowsAsync<AuthenticationException>(() => refused.AuthenticateAsync(User, "secret"));
        Assert.Contains("Temporary failure", exception.ToString(), StringComparison.Ordinal);
        Assert.Contains(bad.Log.Entries, entry => entry.Text.Contains("StoreRefusedLogin", StringComparison.Ordinal) && entry.Text.Contains("AUTHENTICATIONFAILED", StringComparison.Ordinal));
    }

    private static async Task<DovecotServer> StartAsync(TempDirectory folder, ECDsa key, string mechanisms)
    {
        var keys = folder.File("keys", "default", "ES256");
        System.IO.Directory.CreateDirectory(keys);
        await File.WriteAllTextAsync(Path.Combine(keys, "default"), key.ExportSubjectPublicKeyInfoPem());
        await File.WriteAllTextAsync(folder.File("oauth2.conf"), $"""
            introspection_mode = local
            local_validation_key_dict = fs:posix:prefix={folder.File("keys")}/
            username_attribute = sub

            """);
        var server = new DovecotServer(new DovecotOptions(folder.File("store"), PortBase.Find() + 9100, DovecotTls.None)
        {
            More = $$"""
                auth_mechanisms = {{mechanisms}}
                passdb {
                  driver = oauth2
                  mechanisms = xoauth2 oauthbearer
                  args = {{folder.File("oauth2.conf")}}
                }

                """,
        });
        await server.InstallAsync(new TestAuthority());
        return server;
    }

    private static string TokenBy(ECDsa key, int padding) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Expires = DateTime.UtcNow.AddHours(1),
        Claims = new Dictionary<string, object> { ["sub"] = User, ["padding"] = new string('x', padding) },
        SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256),
    });
}
