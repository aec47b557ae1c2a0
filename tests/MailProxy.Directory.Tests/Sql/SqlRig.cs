using System.Net;
using MailProxy.Directory.Sql;
using MailProxy.Directory.Tests.Proofs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailProxy.Directory.Tests.Sql;

/// <summary>What the tests of both databases share.</summary>
internal static class SqlRig
{
    /// <summary>Users for both, in the default schema; the prefix is PostgreSQL's schema.</summary>
    public static string Users(string prefix, string yes) => $$"""
        INSERT INTO {0}domains (name) VALUES ('example.org'), ('empty.example.org');
        INSERT INTO {0}users (name, password, home, quota) VALUES
          ('alice@example.org', '{PLAIN}secret', 'store-1', '10G'),
          ('bob@example.org', '{PLAIN}bob', NULL, NULL),
          ('app@example.org', NULL, 'store-2', NULL),
          ('keys@example.org', '{{ScramLogin.Keys("keys")}}', NULL, NULL),
          ('broken@example.org', '{NONSENSE}x', NULL, NULL);
        INSERT INTO {0}users (name, password, disabled) VALUES ('disabled@example.org', '{PLAIN}secret', {{yes}});
        INSERT INTO {0}users (name, password, expired) VALUES ('expired@example.org', '{PLAIN}secret', {{yes}});
        INSERT INTO {0}passwords (user_name, label, password, protocols) VALUES
          ('app@example.org', 'phone', '{PLAIN}phone', 'imap,submission'),
          ('app@example.org', 'any', '{PLAIN}any', NULL),
          ('alice@example.org', 'old pop', '{PLAIN}pop', 'pop3');
        INSERT INTO {0}aliases (address, target) VALUES
          ('al@example.org', 'alice@example.org'),
          ('team@example.org', 'al@example.org'), ('team@example.org', 'bob@example.org'),
          ('circle@example.org', 'circle2@example.org'), ('circle2@example.org', 'circle@example.org'), ('circle2@example.org', 'bob@example.org');
        """.Replace("{0}", prefix, StringComparison.Ordinal);

    public static SqlUserDirectory PostgreSql(string connection, Action<SqlDirectoryOptions>? change = null, ILoggerFactory? loggers = null)
    {
        var options = new SqlDirectoryOptions { ConnectionString = connection };
        change?.Invoke(options);
        Xunit.Assert.Empty(options.Validate("Sql", isSqlite: false));
        return SqlUserDirectory.PostgreSql(options, (loggers ?? NullLoggerFactory.Instance).CreateLogger<SqlUserDirectory>(), TimeProvider.System);
    }

    public static SqlUserDirectory Sqlite(string path, Action<SqlDirectoryOptions>? change = null)
    {
        var options = new SqlDirectoryOptions { Path = path };
        change?.Invoke(options);
        return SqlUserDirectory.Sqlite(options, NullLogger<SqlUserDirectory>.Instance, TimeProvider.System);
    }

    public static async Task<AuthenticationResult> LogInAsync(
        this IUserDirectory directory, string name, string password, string protocol = "imap", string authorizationId = "", CancellationToken cancellationToken = default)
    {
        using var secret = new Secret(System.Text.Encoding.UTF8.GetBytes(password));
        var request = new AuthenticationRequest(name, authorizationId, secret, "PLAIN", protocol, new IPEndPoint(IPAddress.Parse("192.0.2.7"), 4711), true);
        return await directory.AuthenticateAsync(request, cancellationToken);
    }

    public static async Task<AuthenticationOutcome> OutcomeAsync(this IUserDirectory directory, string name, string password, string protocol = "imap", string authorizationId = "") =>
        (await directory.LogInAsync(name, password, protocol, authorizationId)).Outcome;

    /// <summary>Waits for the provider's own background probe, 30 s at most.</summary>
    public static async Task ReadyAsync(this IUserDirectory directory)
    {
        for (int attempt = 0; directory.Unreadiness is not null; attempt++)
        {
            Xunit.Assert.True(attempt < 600, directory.Unreadiness);
            await MailProxy.Testing.Beat.WaitAsync(50);
        }
    }
}
