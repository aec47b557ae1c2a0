using MailProxy.Directory.Sql;
using Xunit;

namespace MailProxy.Directory.Tests.Sql;

/// <summary>One server for those tests that leave it as it is.</summary>
public sealed class PostgresTests : IAsyncLifetime
{
    private PostgresServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        await _server.ExecuteAsync(SqlRig.Users("mailproxy.", "true")
            + "UPDATE mailproxy.users SET may_act_as = ARRAY['bob@example.org', 'gone@example.org', 'disabled@example.org'] WHERE name = 'alice@example.org'");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_default_schema_and_queries_do_what_they_must()
    {
        await _server.ExecuteAsync(SqlSchema.Migration(isSqlite: false));
        await using SqlUserDirectory directory = SqlRig.PostgreSql(_server.Reader);
        await directory.StartAsync(CancellationToken.None);
        Assert.Null(directory.Unreadiness);
        await SqlContract.HoldsAsync(directory);
    }
}
