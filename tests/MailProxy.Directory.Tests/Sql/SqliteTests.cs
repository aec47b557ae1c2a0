using MailProxy.Directory.Sql;
using MailProxy.Directory.Tests.File;
using Microsoft.Data.Sqlite;
using Xunit;

namespace MailProxy.Directory.Tests.Sql;

public sealed class SqliteTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Database => _folder.File("users.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_default_schema_and_queries_do_what_they_must()
    {
        SqliteFile.Create(Database);
        SqliteFile.Execute(Database, SqlSchema.Migration(isSqlite: true));
        await using SqlUserDirectory directory = SqlRig.Sqlite(Database);
        await directory.StartAsync(CancellationToken.None);
        Assert.Null(directory.Unreadiness);
        await SqlContract.HoldsAsync(directory);
    }
}
