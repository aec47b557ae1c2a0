using CsCheck;
using MailProxy.Directory.Sql;
using Npgsql;
using Xunit;

namespace MailProxy.Directory.Tests.Sql;

/// <summary>Against a real server that nothing happens to.</summary>
public sealed class PostgresTests(PostgresFixture fixture) : IClassFixture<PostgresFixture>
{
    private const string Verdict = "SELECT name, home, password = '{PLAIN}' || @password AS verdict, disabled FROM mailproxy.users WHERE name = @user";

    private PostgresServer Server => fixture.Server;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_default_schema_and_queries_do_what_they_must(bool prepare)
    {
        await Server.ExecuteAsync(SqlSchema.Migration(isSqlite: false));
        await using SqlUserDirectory directory = await StartAsync(options => options.Prepare = prepare);
        await SqlContract.HoldsAsync(directory);

        // Prepared statements stay with their connections.
        await SqlContract.HoldsAsync(directory);
    }

    // Any row that was added, changed or dropped makes it another.
    private const string Everything = "SELECT md5(string_agg(u::text, ',' ORDER BY name)) FROM mailproxy.users u WHERE name LIKE '%@example.org'";

    [Fact]
    public async Task What_users_write_is_a_value_whatever_it_holds()
    {
        await using SqlUserDirectory directory = await StartAsync();
        await using SqlUserDirectory judging = await StartAsync(options => options.UserQuery = Verdict);
        var before = await Server.ExecuteAsync(Everything);
        await SqlInjection.MeansNothingAsync(directory);
        await SqlInjection.MeansNothingAsync(judging);
        Assert.IsType<string>(before);
        Assert.Equal(before, await Server.ExecuteAsync(Everything));
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
            Assert.Equal($"{local.ToLowerInvariant()}@example.org", result.User!.Name);
        }
    }

    [Fact]
    public async Task The_database_may_judge_the_password_itself()
    {
        await using SqlUserDirectory directory = await StartAsync(options => options.UserQuery = Verdict);
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("alice@example.org", "secret"));
        Assert.Equal(AuthenticationOutcome.WrongPassword, await directory.OutcomeAsync("alice@example.org", "wrong"));
        Assert.Equal(AuthenticationOutcome.WrongPassword, await directory.OutcomeAsync("app@example.org", "phone"));
        Assert.Equal(AuthenticationOutcome.NoSuchUser, await directory.OutcomeAsync("nobody@example.org", "secret"));
        Assert.Equal(AuthenticationOutcome.Disabled, await directory.OutcomeAsync("disabled@example.org", "secret"));
        Assert.Equal(AuthenticationOutcome.WrongPassword, await directory.OutcomeAsync("disabled@example.org", "wrong"));
    }

    [Fact]
    public async Task A_query_sees_protocol_and_client_and_its_columns_become_attributes()
    {
        await using SqlUserDirectory directory = await StartAsync(options => options.UserQuery =
            "SELECT name, password, @protocol AS seen, @client::inet << '192.0.2.0/24' AS near, 3.5 AS \"Number\", ARRAY['a','b'] AS list, NULL AS absent, "
            + "'@user' AS text /* @nobody */ FROM mailproxy.users WHERE name = @local || '@' || @domain -- @comment");
        AuthenticationResult alice = await directory.LogInAsync("alice@example.org", "secret", "pop3");
        Assert.Equal(AuthenticationOutcome.Authenticated, alice.Outcome);
        Assert.Equal(
            ["list=a,b", "near=true", "number=3.5", "seen=pop3", "text=@user"],
            alice.User!.Attributes.Select(attribute => $"{attribute.Key}={attribute.Value}").Order());
    }

    [Theory]
    [InlineData("SELECT password FROM mailproxy.users WHERE name = @user", "UserQuery returns no column name")]
    [InlineData("SELECT name FROM mailproxy.users WHERE name = @user", "UserQuery returns neither a column password nor a column verdict")]
    [InlineData("SELECT name, true AS verdict FROM mailproxy.users WHERE name = @user", "does not use @password")]
    [InlineData("SELECT name, password, @password AS x FROM mailproxy.users WHERE name = @user", "returns no column verdict")]
    [InlineData("SELECT nome FROM mailproxy.users WHERE name = @user", "a column is missing (SQLSTATE 42703")]
    [InlineData("SELECT name, password FROM mailproxy.people WHERE name = @user", "has config/sql/postgresql.sql been applied to this database? (SQLSTATE 42P01")]
    [InlineData("SELECT name, password FROM pg_authid, mailproxy.users WHERE name = @user", "the role may not read this; GRANT it (SQLSTATE 42501")]
    [InlineData("SELEKT name WHERE name = @user", "a syntax error (SQLSTATE 42601")]
    public async Task A_query_that_does_not_fit_is_unreadiness_and_no_verdict(string query, string detail)
    {
        await using SqlUserDirectory directory = SqlRig.PostgreSql(Server.Reader, options => options.UserQuery = query);
        await directory.StartAsync(CancellationToken.None);
        Assert.Contains(detail, directory.Unreadiness, StringComparison.Ordinal);
        AuthenticationResult result = await directory.LogInAsync("alice@example.org", "secret");
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome);
        Assert.Contains(detail, result.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT @user AS name, '{PLAIN}x'::bytea AS password", "column password is of type Byte[]; it has to be text")]
    [InlineData("SELECT @local AS name, '{PLAIN}x' AS password", "column name holds no user@domain")]
    [InlineData("SELECT NULL AS name, '{PLAIN}x' AS password WHERE @user = @user", "column name is NULL")]
    [InlineData("SELECT @user AS name, '{PLAIN}x' AS password, 'perhaps' AS disabled", "column disabled is neither true nor false")]
    [InlineData("SELECT @user AS name, (@password)::int = 1 AS verdict WHERE @password IS NOT NULL", "(SQLSTATE 22P02)")]
    public async Task A_row_that_does_not_fit_is_no_verdict(string query, string detail)
    {
        await using SqlUserDirectory directory = SqlRig.PostgreSql(Server.Reader, options => options.UserQuery = query);
        await directory.StartAsync(CancellationToken.None);
        AuthenticationResult result = await directory.LogInAsync("alice@example.org", "secret");
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome);
        Assert.Contains(detail, result.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Detail, StringComparison.Ordinal);
        Assert.Null(directory.Unreadiness);
    }

    [Theory]
    [InlineData("Password=reader secret", "Password=not the secret", "refuses the role's password")]
    [InlineData("Database=postgres", "Database=nowhere", "has no such database")]
    public async Task A_connection_that_is_refused_says_why_and_no_secret(string right, string wrong, string detail)
    {
        await using SqlUserDirectory directory = SqlRig.PostgreSql(Server.Reader.Replace(right, wrong, StringComparison.Ordinal));
        await directory.StartAsync(CancellationToken.None);
        Assert.Contains(detail, directory.Unreadiness, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", directory.Unreadiness, StringComparison.Ordinal);
        AuthenticationResult result = await directory.LogInAsync("alice@example.org", "secret");
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome);
        Assert.DoesNotContain("secret", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_may_come_from_a_file_and_change_there()
    {
        using var folder = new MailProxy.Directory.Tests.File.TempFolder();
        await System.IO.File.WriteAllTextAsync(folder.File("password"), "wrong\n");
        await using SqlUserDirectory directory = SqlRig.PostgreSql(
            Server.Reader.Replace("Password=reader secret;", "", StringComparison.Ordinal), options => options.PasswordFile = folder.File("password"));
        await directory.StartAsync(CancellationToken.None);
        Assert.Contains("refuses the role's password", directory.Unreadiness, StringComparison.Ordinal);

        await System.IO.File.WriteAllTextAsync(folder.File("password"), "reader secret\n");
        await directory.ReadyAsync();
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("alice@example.org", "secret"));
    }

    [Fact]
    public async Task A_slow_query_ends_in_time_and_leaves_the_others_alone()
    {
        await using SqlUserDirectory directory = await StartAsync(options =>
        {
            options.Connections = 2;
            options.Timeout = TimeSpan.FromSeconds(1);
            options.UserQuery = "SELECT name, password FROM mailproxy.users, pg_sleep(CASE @local WHEN 'bob' THEN 2 ELSE 0 END) WHERE name = @user";
        });
        Task<AuthenticationResult> slow = directory.LogInAsync("bob@example.org", "bob");
        for (int login = 0; login < 50; login++)
        {
            Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("alice@example.org", "secret"));
        }

        Assert.False(slow.IsCompleted);
        AuthenticationResult result = await slow;
        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome);
        Assert.Contains("no answer to UserQuery within 1 s", result.Detail, StringComparison.Ordinal);
        await directory.ReadyAsync();
    }

    [Fact]
    public async Task Whoever_comes_when_too_many_wait_is_told_at_once_and_connections_stay_within_their_bound()
    {
        await using SqlUserDirectory directory = await StartAsync(options =>
        {
            (options.Connections, options.Waiting) = (2, 3);
            options.ConnectionString += ";Application Name=bounded";
            options.UserQuery = "SELECT name, password FROM mailproxy.users, pg_sleep(0.2) WHERE name = @user";
        });
        AuthenticationResult[] results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => directory.LogInAsync("alice@example.org", "secret")));
        Assert.Equal(5, results.Count(result => result.Outcome == AuthenticationOutcome.Authenticated));
        Assert.Equal(15, results.Count(result => result.Detail.Contains("too many questions wait", StringComparison.Ordinal)));
        Assert.Null(directory.Unreadiness);
        Assert.InRange((long)(await Server.ExecuteAsync("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bounded'"))!, 1, 2);
    }

    [Fact]
    public async Task A_caller_that_goes_away_gets_its_connection_back()
    {
        await using SqlUserDirectory directory = await StartAsync(options =>
        {
            options.Connections = 1;
            options.UserQuery = "SELECT name, password FROM mailproxy.users, pg_sleep(CASE @local WHEN 'bob' THEN 60 ELSE 0 END) WHERE name = @user";
        });
        using var gone = new CancellationTokenSource();
        Task<AuthenticationResult> slow = directory.LogInAsync("bob@example.org", "bob", cancellationToken: gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
        Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync("alice@example.org", "secret"));
        Assert.Null(directory.Unreadiness);
    }

    [Fact]
    public async Task A_table_that_is_locked_is_no_verdict_and_recovers()
    {
        await using SqlUserDirectory directory = await StartAsync(options => options.Timeout = TimeSpan.FromMilliseconds(500));
        await using (var connection = new NpgsqlConnection(Server.Owner))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE mailproxy.domains IN ACCESS EXCLUSIVE MODE", connection);
            await command.ExecuteNonQueryAsync();
            Assert.Equal(LookupOutcome.TemporarilyUnavailable, (await directory.LookUpAsync("x@example.org", CancellationToken.None)).Outcome);
            Assert.NotNull(directory.Unreadiness);
        }

        await directory.ReadyAsync();
        Assert.Equal(LookupOutcome.NoSuchUser, (await directory.LookUpAsync("x@example.org", CancellationToken.None)).Outcome);
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

    private async Task<SqlUserDirectory> StartAsync(Action<SqlDirectoryOptions>? change = null)
    {
        SqlUserDirectory directory = SqlRig.PostgreSql(Server.Reader, change);
        await directory.StartAsync(CancellationToken.None);
        Assert.Null(directory.Unreadiness);
        return directory;
    }
}
