using MailProxy.Directory.Sql;
using MailProxy.Directory.Tests.File;
using Xunit;

namespace MailProxy.Directory.Tests.Sql;

public sealed class SqlDirectoryOptionsTests
{
    [Fact]
    public void Every_error_is_told_at_once_and_no_secret()
    {
        var options = new DirectoryOptions
        {
            Provider = "postgresql",
            Sql = new SqlDirectoryOptions
            {
                ConnectionString = "Host=db;Password=se;cret=x",
                PasswordFile = "/nowhere/password",
                Path = "users.db",
                Connections = 0,
                Waiting = -1,
                Timeout = TimeSpan.Zero,
                DefaultDomain = "no domain",
                UserQuery = "SELECT 1",
                AddressQuery = "SELECT @password",
                DomainQuery = "SELECT 1",
            },
        };
        string[] errors = [.. options.Validate("Directory")];
        Assert.Equal(
            ["ConnectionString", "PasswordFile", "Path", "Connections", "Waiting", "Timeout", "DefaultDomain", "UserQuery", "AddressQuery", "DomainQuery"],
            errors.Select(error => error.Split(':')[2]));
        Assert.All(errors, error => Assert.StartsWith("Directory:Sql:", error, StringComparison.Ordinal));
        Assert.DoesNotContain(errors, error => error.Contains("cret", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_guessed_where_nothing_is_said()
    {
        Assert.StartsWith("Directory:Sql:ConnectionString: is empty", Assert.Single(new DirectoryOptions { Provider = "PostgreSQL" }.Validate("Directory")), StringComparison.Ordinal);
        Assert.StartsWith("Directory:Sql:Path: names no file", Assert.Single(new DirectoryOptions { Provider = "SQLite" }.Validate("Directory")), StringComparison.Ordinal);
        Assert.Equal("S:ConnectionString: names no Host.", Assert.Single(new SqlDirectoryOptions { ConnectionString = "Database=mail" }.Validate("S", isSqlite: false)));
    }

    [Fact]
    public void What_is_valid_makes_a_directory()
    {
        using var folder = new TempFolder();
        SqliteFile.Create(folder.File("users.db"));
        System.IO.File.WriteAllText(folder.File("password"), "secret\n");
        DirectoryOptions[] good =
        [
            new() { Provider = "sqlite", Sql = new SqlDirectoryOptions { Path = folder.File("users.db") } },
            new() { Provider = "postgresql", Sql = new SqlDirectoryOptions { ConnectionString = "Host=db1,db2:5433;Database=mail;Username=x", PasswordFile = folder.File("password") } },
        ];
        foreach (DirectoryOptions options in good)
        {
            Assert.Empty(options.Validate("Directory"));
            Assert.NotNull(UserDirectoryFactory.Create(options, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, TimeProvider.System).Unreadiness);
        }
    }

    [Fact]
    public void The_shipped_schemas_are_those_that_are_embedded()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !System.IO.File.Exists(Path.Combine(root.FullName, "MailProxy.sln")))
        {
            root = root.Parent;
        }

        Assert.SkipWhen(root is null, "not run from a checkout");
        Assert.Equal(System.IO.File.ReadAllText(Path.Combine(root.FullName, "config/sql/postgresql.sql")), SqlSchema.Migration(isSqlite: false));
        Assert.Equal(System.IO.File.ReadAllText(Path.Combine(root.FullName, "config/sql/sqlite.sql")), SqlSchema.Migration(isSqlite: true));
    }
}
