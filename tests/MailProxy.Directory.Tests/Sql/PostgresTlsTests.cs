using System.Security.Cryptography.X509Certificates;
using MailProxy.Directory.Sql;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Directory.Tests.Sql;

/// <summary>TLS to the server, verified or not at all.</summary>
public sealed class PostgresTlsTests
{
    [Fact]
    public async Task A_server_is_believed_only_with_a_certificate_of_the_right_authority_and_name()
    {
        var authority = new TestAuthority();
        using X509Certificate2 certificate = authority.Server();
        await using PostgresServer server = await PostgresServer.StartAsync();
        await server.ExecuteAsync(SqlRig.Users("mailproxy.", "true"));
        string key = certificate.GetECDsaPrivateKey() is { } ecdsa ? ecdsa.ExportPkcs8PrivateKeyPem() : certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem();
        await server.ExecuteAsync($"ALTER SYSTEM SET ssl_cert_file = '{server.WriteFile("server.crt", certificate.ExportCertificatePem())}'");
        await server.ExecuteAsync($"ALTER SYSTEM SET ssl_key_file = '{server.WriteFile("server.key", key)}'");
        await server.ExecuteAsync("ALTER SYSTEM SET ssl = on");
        await server.ExecuteAsync("SELECT pg_reload_conf()");
        await server.KillAsync();
        await server.LaunchAsync();

        using var folder = new TempDirectory();
        await System.IO.File.WriteAllTextAsync(folder.File("right.pem"), authority.Issuer.Root.ExportCertificatePem());
        await System.IO.File.WriteAllTextAsync(folder.File("wrong.pem"), new TestAuthority().Issuer.Root.ExportCertificatePem());

        Assert.Null(await UnreadinessAsync(server, folder.File("right.pem"), "127.0.0.1"));
        Assert.Null(await UnreadinessAsync(server, folder.File("right.pem"), "localhost"));
        Assert.Contains("certificate", await UnreadinessAsync(server, folder.File("wrong.pem"), "127.0.0.1"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("certificate", await UnreadinessAsync(server, folder.File("right.pem"), "127.0.0.2"), StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<string?> UnreadinessAsync(PostgresServer server, string authority, string host)
    {
        string connection = server.Reader
            .Replace("SSL Mode=Disable", $"SSL Mode=VerifyFull;Root Certificate={authority}", StringComparison.Ordinal)
            .Replace("127.0.0.1", host, StringComparison.Ordinal);
        await using SqlUserDirectory directory = SqlRig.PostgreSql(connection);
        await directory.StartAsync(CancellationToken.None);
        if (directory.Unreadiness is null)
        {
            Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("alice@example.org", "secret"));
        }

        return directory.Unreadiness;
    }
}
