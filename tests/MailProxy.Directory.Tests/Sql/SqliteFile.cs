using MailProxy.Directory.Sql;
using Microsoft.Data.Sqlite;

namespace MailProxy.Directory.Tests.Sql;

/// <summary>Writes SQLite files for tests.</summary>
internal static class SqliteFile
{
    public static string MayActAs => "UPDATE users SET may_act_as = 'bob@example.org, gone@example.org disabled@example.org' WHERE name = 'alice@example.org';";

    /// <summary>A file with the default schema and the users that all tests know.</summary>
    public static void Create(string path) => Execute(path, SqlSchema.Migration(isSqlite: true) + SqlRig.Users("", "1") + MayActAs);

    public static void Execute(string path, string sql)
    {
        using SqliteConnection connection = Open(path);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }
}
