using System.Diagnostics;
using MailProxy.Directory.Sql;
using MailProxy.Directory.Tests.File;
using Microsoft.Data.Sqlite;
using Xunit;

namespace MailProxy.Directory.Tests.Sql;

public sealed class SqliteTests : IDisposable
{
    private const string Verdict = "SELECT name, home, password = '{PLAIN}' || @password AS verdict, disabled FROM users WHERE name = @user";

    private readonly TempFolder _folder = new();

    public SqliteTests() => SqliteFile.Create(Database);

    private string Database => _folder.File("users.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_default_schema_and_queries_do_what_they_must()
    {
        SqliteFile.Execute(Database, SqlSchema.Migration(isSqlite: true));
        await using SqlUserDirectory directory = await StartAsync();
        await SqlContract.HoldsAsync(directory);
    }

    [Fact]
    public async Task The_shipped_file_is_what_sqlite3_takes()
    {
        string program = "/usr/bin/sqlite3";
        Assert.SkipWhen(!System.IO.File.Exists(program), "sqlite3 is not installed");
        string path = _folder.File("other.db");
        for (int time = 0; time < 2; time++)
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["-bail", path]) { RedirectStandardInput = true, RedirectStandardError = true })!;
            await process.StandardInput.WriteAsync(SqlSchema.Migration(isSqlite: true));
            process.StandardInput.Close();
            Assert.Equal("", await process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
        }

        await using SqlUserDirectory directory = SqlRig.Sqlite(path);
        await directory.StartAsync(CancellationToken.None);
        Assert.Null(directory.Unreadiness);
    }

    [Fact]
    public async Task What_users_write_is_a_value_whatever_it_holds()
    {
        await using SqlUserDirectory directory = await StartAsync();
        await using SqlUserDirectory judging = await StartAsync(options => options.UserQuery = Verdict);
        await SqlInjection.MeansNothingAsync(directory);
        await SqlInjection.MeansNothingAsync(judging);
        await SqlContract.HoldsAsync(directory);
    }

    [Fact]
    public async Task Names_of_every_printable_character_are_found()
    {
        await using SqlUserDirectory directory = await StartAsync(options => options.UserQuery = "SELECT @user AS name, '{PLAIN}' || @local AS password");
        foreach (char c in Enumerable.Range(0x21, 0x7e - 0x20).Append(0xe4).Append(0x20ac).Select(code => (char)code))
        {
            string local = $"a{c}b";
            AuthenticationResult result = await directory.LogInAsync($"{local}@example.org", local.ToLowerInvariant());
            Assert.True(result.Outcome == AuthenticationOutcome.Authenticated, $"{local}: {result.Outcome} {result.Detail}");
        }
    }

    [Fact]
    public async Task The_database_may_judge_the_password_itself()
    {
        await using SqlUserDirectory directory = await StartAsync(options => options.UserQuery = Verdict);
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("alice@example.org", "secret"));
        Assert.Equal(AuthenticationOutcome.WrongPassword, await directory.OutcomeAsync("alice@example.org", "wrong"));
        Assert.Equal(AuthenticationOutcome.NoSuchUser, await directory.OutcomeAsync("nobody@example.org", "secret"));
        Assert.Equal(AuthenticationOutcome.Disabled, await directory.OutcomeAsync("disabled@example.org", "secret"));
    }

    [Fact]
    public async Task What_is_written_shows_at_once_and_so_does_a_file_that_replaces_the_old()
    {
        await using SqlUserDirectory directory = await StartAsync();
        SqliteFile.Execute(Database, "UPDATE users SET password = '{PLAIN}new' WHERE name = 'alice@example.org'");
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("alice@example.org", "new"));

        string other = _folder.File("other.db");
        SqliteFile.Create(other);
        SqliteFile.Execute(other, "UPDATE users SET home = 'elsewhere', password = '{PLAIN}other'; CREATE TABLE more (x)");
        System.IO.File.Move(other, Database, overwrite: true);
        AuthenticationResult result = await directory.LogInAsync("alice@example.org", "other");
        Assert.Equal((AuthenticationOutcome.Authenticated, "elsewhere"), (result.Outcome, result.User?.Home));
    }

    [Fact]
    public async Task A_file_that_goes_away_or_is_nonsense_is_no_verdict_and_comes_back()
    {
        await using SqlUserDirectory directory = await StartAsync();
        string kept = _folder.File("kept.db");
        System.IO.File.Move(Database, kept);
        await IsUnavailableAsync(directory, "does not exist");

        await System.IO.File.WriteAllTextAsync(Database, new string('x', 8192));
        await IsUnavailableAsync(directory, "is not a SQLite database");

        // The first page is right, the others are not.
        byte[] damaged = await System.IO.File.ReadAllBytesAsync(kept);
        damaged.AsSpan(4096).Fill(0xa5);
        await System.IO.File.WriteAllBytesAsync(Database, damaged);
        await IsUnavailableAsync(directory, "is damaged");

        System.IO.File.Move(kept, Database, overwrite: true);
        await directory.ReadyAsync();
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("alice@example.org", "secret"));
    }

    [Fact]
    public async Task A_file_without_the_schema_says_what_to_do()
    {
        string path = _folder.File("empty.db");
        SqliteFile.Execute(path, "CREATE TABLE other (x)");
        await using SqlUserDirectory directory = SqlRig.Sqlite(path);
        await directory.StartAsync(CancellationToken.None);
        Assert.Contains("has config/sql/sqlite.sql been applied to it?", directory.Unreadiness, StringComparison.Ordinal);
        SqliteFile.Create(path);
        await directory.ReadyAsync();
    }

    [Fact]
    public async Task A_file_that_a_writer_locks_is_no_verdict_and_answers_in_time()
    {
        await using SqlUserDirectory directory = await StartAsync(options => options.Timeout = TimeSpan.FromMilliseconds(500));
        using (SqliteConnection writer = SqliteFile.Open(Database))
        {
            using SqliteCommand command = writer.CreateCommand();
            command.CommandText = "BEGIN EXCLUSIVE";
            command.ExecuteNonQuery();
            var watch = Stopwatch.StartNew();
            AuthenticationResult[] results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => directory.LogInAsync("alice@example.org", "secret")));
            Assert.All(results, result => Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome));
            Assert.InRange(watch.Elapsed.TotalSeconds, 0.4, 4);
            Assert.Contains("locked by a writer", directory.Unreadiness, StringComparison.Ordinal);
        }

        await directory.ReadyAsync();
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("alice@example.org", "secret"));
    }

    [Fact]
    public async Task A_writer_that_holds_the_file_for_a_moment_is_waited_for()
    {
        await using SqlUserDirectory directory = await StartAsync();
        SqliteConnection writer = SqliteFile.Open(Database);
        using SqliteCommand command = writer.CreateCommand();
        command.CommandText = "BEGIN EXCLUSIVE";
        command.ExecuteNonQuery();
        Task<AuthenticationResult> login = directory.LogInAsync("alice@example.org", "secret");
        writer.Dispose();
        Assert.Equal(AuthenticationOutcome.Authenticated, (await login).Outcome);
    }

    [Fact]
    public async Task A_query_without_end_is_ended_and_others_are_answered_meanwhile()
    {
        await using SqlUserDirectory directory = await StartAsync(options =>
        {
            (options.Connections, options.Timeout) = (2, TimeSpan.FromSeconds(1));
            options.UserQuery = "SELECT name, password FROM users WHERE name = @user AND (@local <> 'bob' OR "
                + "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n) > 0)";
        });
        Task<AuthenticationResult> endless = directory.LogInAsync("bob@example.org", "bob");
        for (int login = 0; login < 50; login++)
        {
            Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("alice@example.org", "secret"));
        }

        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, (await endless).Outcome);

        // Its thread is free again: both are.
        using var gone = new CancellationTokenSource();
        Task<AuthenticationResult>[] both = [.. Enumerable.Range(0, 2).Select(_ => directory.LogInAsync("bob@example.org", "bob", cancellationToken: gone.Token))];
        await gone.CancelAsync();
        foreach (Task<AuthenticationResult> one in both)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        }

        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("alice@example.org", "secret"));
    }

    [Fact]
    public async Task Whoever_comes_when_too_many_wait_is_told_at_once()
    {
        await using SqlUserDirectory directory = await StartAsync(options =>
        {
            (options.Connections, options.Waiting, options.Timeout) = (1, 2, TimeSpan.FromSeconds(1));
            options.UserQuery = "SELECT name, password FROM users WHERE name = @user AND (@local <> 'bob' OR "
                + "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n) > 0)";
        });
        AuthenticationResult[] results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => directory.LogInAsync("bob@example.org", "bob")));
        Assert.All(results, result => Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome));
        Assert.InRange(results.Count(result => result.Detail.Contains("too many questions wait", StringComparison.Ordinal)), 17, 18);
    }

    [Fact]
    public async Task After_its_end_it_says_so()
    {
        SqlUserDirectory directory = await StartAsync();
        await directory.DisposeAsync();
        await directory.DisposeAsync();
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, await directory.OutcomeAsync("alice@example.org", "secret"));
        Assert.Contains("stopped", directory.Unreadiness, StringComparison.Ordinal);
    }

    private static async Task IsUnavailableAsync(SqlUserDirectory directory, string detail)
    {
        AuthenticationResult result = await directory.LogInAsync("alice@example.org", "secret");
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome);
        Assert.Contains(detail, result.Detail, StringComparison.Ordinal);
        Assert.Contains(detail, directory.Unreadiness, StringComparison.Ordinal);
    }

    private async Task<SqlUserDirectory> StartAsync(Action<SqlDirectoryOptions>? change = null)
    {
        SqlUserDirectory directory = SqlRig.Sqlite(Database, change);
        await directory.StartAsync(CancellationToken.None);
        Assert.Null(directory.Unreadiness);
        return directory;
    }
}
