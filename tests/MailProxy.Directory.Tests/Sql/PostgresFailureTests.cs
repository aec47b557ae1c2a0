using System.Diagnostics;
using MailProxy.Directory.Sql;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MailProxy.Directory.Tests.Sql;

/// <summary>Servers that die, freeze, come late and refuse, each its test's own.</summary>
public sealed class PostgresFailureTests
{
    [Fact]
    public async Task A_server_that_is_killed_and_comes_back_is_never_a_wrong_password()
    {
        await using PostgresServer server = await StartServerAsync();
        await using SqlUserDirectory directory = SqlRig.PostgreSql(server.Reader);
        await directory.StartAsync(CancellationToken.None);
        await LogInOnAllConnectionsAsync(directory);

        await server.KillAsync();
        for (int login = 0; login < 20; login++)
        {
            AuthenticationResult result = await directory.LogInAsync("alice@example.org", "secret");
            Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome);
            Assert.NotEmpty(result.Detail);
        }

        Assert.Contains($"127.0.0.1:{server.Port}", directory.Unreadiness, StringComparison.Ordinal);
        await server.LaunchAsync();

        // Nobody logs in: it finds out by itself.
        await directory.ReadyAsync();
        await LogInOnAllConnectionsAsync(directory);
    }

    [Fact]
    public async Task A_restart_between_two_logins_is_not_noticed()
    {
        await using PostgresServer server = await StartServerAsync();
        await using SqlUserDirectory directory = SqlRig.PostgreSql(server.Reader);
        await directory.StartAsync(CancellationToken.None);
        await LogInOnAllConnectionsAsync(directory);

        // The pool is full of connections to the server that was.
        await server.KillAsync();
        await server.LaunchAsync();
        await LogInOnAllConnectionsAsync(directory);
        Assert.Null(directory.Unreadiness);
    }

    [Fact]
    public async Task A_server_that_is_down_at_the_start_may_come_later()
    {
        await using PostgresServer server = await StartServerAsync();
        await server.KillAsync();
        await using SqlUserDirectory directory = SqlRig.PostgreSql(server.Reader);
        await directory.StartAsync(CancellationToken.None);
        Assert.Contains("refused", directory.Unreadiness, StringComparison.Ordinal);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, await directory.OutcomeAsync("alice@example.org", "secret"));
        Assert.Equal(LookupOutcome.TemporarilyUnavailable, (await directory.LookUpAsync("alice@example.org", CancellationToken.None)).Outcome);

        await server.LaunchAsync();
        await directory.ReadyAsync();
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("alice@example.org", "secret"));
    }

    [Fact]
    public async Task The_second_host_takes_over_while_the_first_is_gone()
    {
        await using PostgresServer first = await StartServerAsync();
        await using PostgresServer second = await StartServerAsync();
        await second.ExecuteAsync("UPDATE mailproxy.users SET home = 'from-second'");
        string hosts = first.Reader
            .Replace("Host=127.0.0.1", $"Host=127.0.0.1:{first.Port},127.0.0.1:{second.Port}", StringComparison.Ordinal)
            .Replace($"Port={first.Port};", "", StringComparison.Ordinal) + ";Host Recheck Seconds=1";
        await using SqlUserDirectory directory = SqlRig.PostgreSql(hosts);
        await directory.StartAsync(CancellationToken.None);
        Assert.Equal("store-1", (await directory.LogInAsync("alice@example.org", "secret")).User!.Home);
        await LogInOnAllConnectionsAsync(directory);

        await first.KillAsync();
        AuthenticationResult[] results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => directory.LogInAsync("alice@example.org", "secret")));
        Assert.All(results, result => Assert.Equal((AuthenticationOutcome.Authenticated, "from-second"), (result.Outcome, result.User?.Home)));
        Assert.Null(directory.Unreadiness);

        await second.KillAsync();
        AuthenticationResult none = await directory.LogInAsync("alice@example.org", "secret");
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, none.Outcome);
        Assert.DoesNotContain("reader secret", none.Detail, StringComparison.Ordinal);

        await first.LaunchAsync();
        await directory.ReadyAsync();
        Assert.Equal("store-1", (await directory.LogInAsync("alice@example.org", "secret")).User!.Home);
    }

    [Fact]
    public async Task A_server_that_stands_still_costs_each_login_its_time_and_no_more()
    {
        await using PostgresServer server = await StartServerAsync();
        await using SqlUserDirectory directory = SqlRig.PostgreSql(server.Reader, options => options.Timeout = TimeSpan.FromSeconds(1));
        await directory.StartAsync(CancellationToken.None);
        await LogInOnAllConnectionsAsync(directory);

        server.Freeze();
        var watch = Stopwatch.StartNew();
        AuthenticationResult[] results = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => directory.LogInAsync("alice@example.org", "secret")));
        Assert.All(results, result => Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.9, 4);
        Assert.NotNull(directory.Unreadiness);

        server.Thaw();
        await directory.ReadyAsync();
        await LogInOnAllConnectionsAsync(directory);
    }

    [Fact]
    public async Task A_server_without_a_connection_left_says_so()
    {
        await using PostgresServer server = await StartServerAsync("max_connections=6", "superuser_reserved_connections=3", "max_wal_senders=0");
        await using SqlUserDirectory other = SqlRig.PostgreSql(server.Reader, options =>
        {
            options.Connections = 3;
            options.UserQuery = "SELECT name, password FROM mailproxy.users, pg_sleep(0.3) WHERE name = @user";
        });
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => other.LogInAsync("alice@example.org", "secret")));

        await using SqlUserDirectory directory = SqlRig.PostgreSql(server.Reader);
        await directory.StartAsync(CancellationToken.None);
        Assert.Contains("has no connection left", directory.Unreadiness, StringComparison.Ordinal);
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, await directory.OutcomeAsync("alice@example.org", "secret"));

        await other.DisposeAsync();
        await directory.ReadyAsync();
    }

    [Fact]
    public async Task A_tables_rights_taken_away_while_it_runs_are_named_and_given_back()
    {
        await using PostgresServer server = await StartServerAsync();
        var logger = new SqlRecordingLogger();
        var options = new SqlDirectoryOptions { ConnectionString = server.Reader };
        await using SqlUserDirectory directory = SqlUserDirectory.PostgreSql(options, logger, TimeProvider.System);
        await directory.StartAsync(CancellationToken.None);
        await LogInOnAllConnectionsAsync(directory);

        await server.ExecuteAsync("REVOKE SELECT ON mailproxy.users FROM mailproxy");
        for (int login = 0; login < 5; login++)
        {
            Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, await directory.OutcomeAsync("alice@example.org", "secret"));
        }

        Assert.Contains("the role may not read this; GRANT it", directory.Unreadiness, StringComparison.Ordinal);

        // One line for the turn, not one for each login.
        Assert.Contains("the role may not read this", Assert.Single(logger.At(LogLevel.Error)), StringComparison.Ordinal);
        Assert.Single(logger.At(LogLevel.Information));
        await server.ExecuteAsync("GRANT SELECT ON mailproxy.users TO mailproxy");
        await directory.ReadyAsync();

        await server.ExecuteAsync("ALTER TABLE mailproxy.users RENAME TO people");
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, await directory.OutcomeAsync("alice@example.org", "secret"));
        Assert.Contains("a table is missing", directory.Unreadiness, StringComparison.Ordinal);
        await server.ExecuteAsync("ALTER TABLE mailproxy.people RENAME TO users");
        await directory.ReadyAsync();
        await LogInOnAllConnectionsAsync(directory);
    }

    private static async Task<PostgresServer> StartServerAsync(params string[] settings)
    {
        PostgresServer server = await PostgresServer.StartAsync(settings);
        await server.ExecuteAsync(SqlRig.Users("mailproxy.", "true"));
        return server;
    }

    private static async Task LogInOnAllConnectionsAsync(SqlUserDirectory directory)
    {
        AuthenticationResult[] results = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => directory.LogInAsync("alice@example.org", "secret")));
        Assert.All(results, result => Assert.True(result.Outcome == AuthenticationOutcome.Authenticated, $"{result.Outcome}: {result.Detail}"));
    }
}
