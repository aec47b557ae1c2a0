using Xunit;

namespace MailProxy.Directory.Tests.Sql;

/// <summary>One server with users, for tests that leave both as they are.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private PostgresServer? _server;

    internal PostgresServer Server
    {
        get
        {
            Assert.SkipWhen(_server is null, "postgresql is not installed");
            return _server;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.IsInstalled)
        {
            _server = await PostgresServer.StartAsync();
            await _server.ExecuteAsync(SqlRig.Users("mailproxy.", "true")
                + "UPDATE mailproxy.users SET may_act_as = ARRAY['bob@example.org', 'gone@example.org', 'disabled@example.org'] WHERE name = 'alice@example.org'");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
