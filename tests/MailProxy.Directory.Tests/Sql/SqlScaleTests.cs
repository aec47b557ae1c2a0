using System.Diagnostics;
using System.Globalization;
using MailProxy.Directory.Sql;
using MailProxy.Directory.Tests.File;
using Npgsql;
using Xunit;

namespace MailProxy.Directory.Tests.Sql;

/// <summary>
/// 285,000 users, 57,000 application passwords, 600,000 aliases, 6,800 domains; the figures of docs/performance.md. Takes a minute, so it runs only when asked: MAILPROXY_SCALE=1.
/// </summary>
public sealed class SqlScaleTests
{
    private const int Domains = 6_800;
    private const int Users = 285_000;
    private const int Aliases = 600_000;
    private const int Passwords = 57_000;
    private const int Questions = 10_000;

    [Fact]
    public async Task PostgreSql_answers_at_scale()
    {
        SkipUnlessAsked();
        await using PostgresServer server = await PostgresServer.StartAsync();
        await server.ExecuteAsync(Fill("mailproxy.", count => $"generate_series(0, {count - 1}) AS n(i)", "repeat('x', 80)") + "ANALYZE;");
        TestContext.Current.TestOutputHelper!.WriteLine($"database {Convert.ToInt64(await server.ExecuteAsync("SELECT pg_database_size('postgres')"), CultureInfo.InvariantCulture) / 1_000_000} MB");
        foreach (SqlQueryKind kind in Enum.GetValues<SqlQueryKind>())
        {
            string query = SqlSchema.Query(kind, isSqlite: false).Replace("@domain", "'domain77.example'", StringComparison.Ordinal)
                .Replace("@user", kind == SqlQueryKind.User ? "'user77777@domain2977.example'" : "'alias77777@domain2977.example'", StringComparison.Ordinal);
            var times = new List<double>();

            // On one connection, as the pool keeps it: a new one reads the catalog first.
            await using var connection = new NpgsqlConnection(server.Owner);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand($"EXPLAIN (ANALYZE, FORMAT JSON) {query}", connection);
            for (int i = 0; i < 200; i++)
            {
                string plan = (string)(await command.ExecuteScalarAsync())!;
                using var json = System.Text.Json.JsonDocument.Parse(plan);
                times.Add(json.RootElement[0].GetProperty("Execution Time").GetDouble());
                Assert.False(plan.Contains("Seq Scan", StringComparison.Ordinal), $"{kind}Query reads a whole table: {plan}");
            }

            Tell($"{kind}Query at the server", times);
        }

        await using SqlUserDirectory directory = SqlRig.PostgreSql(server.Reader);
        await MeasureAsync(directory);
    }

    [Fact]
    public async Task Sqlite_answers_at_scale()
    {
        SkipUnlessAsked();
        using var folder = new TempFolder();
        string path = folder.File("users.db");
        SqliteFile.Execute(path, SqlSchema.Migration(isSqlite: true)
            + Fill("", count => $"(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1}) SELECT i FROM n) AS n", "'" + new string('x', 80) + "'") + "ANALYZE;");
        TestContext.Current.TestOutputHelper!.WriteLine($"file {new FileInfo(path).Length / 1_000_000} MB");
        await using SqlUserDirectory directory = SqlRig.Sqlite(path);
        await MeasureAsync(directory);
    }

    private static void SkipUnlessAsked() => Assert.SkipWhen(Environment.GetEnvironmentVariable("MAILPROXY_SCALE") is null, "takes a minute: set MAILPROXY_SCALE=1");

    private static string Fill(string prefix, Func<int, string> series, string pad) => $$"""
        INSERT INTO {{prefix}}domains (name) SELECT 'domain' || i || '.example' FROM {{series(Domains)}};
        INSERT INTO {{prefix}}users (name, password, home, quota) SELECT 'user' || i || '@domain' || (i % {{Domains}}) || '.example', '{PLAIN}secret' || {{pad}}, 'store-' || (i % 20), '10G' FROM {{series(Users)}};
        INSERT INTO {{prefix}}passwords (user_name, label, password) SELECT 'user' || (5 * i) || '@domain' || (5 * i % {{Domains}}) || '.example', 'phone', '{PLAIN}phone' || {{pad}} FROM {{series(Passwords)}};
        INSERT INTO {{prefix}}aliases (address, target) SELECT 'alias' || i || '@domain' || (i % {{Domains}}) || '.example', 'user' || (i % {{Users}}) || '@domain' || (i % {{Users}} % {{Domains}}) || '.example' FROM {{series(Aliases)}};
        """;

    private static async Task MeasureAsync(SqlUserDirectory directory)
    {
        await directory.StartAsync(CancellationToken.None);
        Assert.Null(directory.Unreadiness);
        var random = new Random(4711);
        async Task askAsync(string what, Func<int, Task> ask)
        {
            for (int i = 0; i < 500; i++)
            {
                await ask(random.Next());
            }

            var times = new List<double>();
            for (int i = 0; i < Questions; i++)
            {
                int one = random.Next();
                long start = Stopwatch.GetTimestamp();
                await ask(one);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            Tell(what, times);
        }

        long before = GC.GetTotalMemory(forceFullCollection: true);
        string password = "secret" + new string('x', 80);
        await askAsync("login", async i => Assert.Equal(AuthenticationOutcome.Authenticated, await directory.OutcomeAsync(User(i % Users), password)));
        await askAsync("alias", async i => Assert.Equal(LookupOutcome.Found, (await directory.LookUpAsync(Alias(i % Aliases), default)).Outcome));
        await askAsync("nobody (three questions)", async i => Assert.Equal(LookupOutcome.NoSuchUser, (await directory.LookUpAsync($"no+{i}@domain{i % Domains}.example", default)).Outcome));
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async worker =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Assert.Equal(LookupOutcome.Found, (await directory.LookUpAsync(Alias((worker * 37_501 + i * 7) % Aliases), default)).Outcome);
            }
        }));
        TestContext.Current.TestOutputHelper!.WriteLine($"16 at once: {16_000 / watch.Elapsed.TotalSeconds:0} aliases/s; managed memory {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1000} kB more");
    }

    private static string User(int i) => $"user{i}@domain{i % Domains}.example";

    private static string Alias(int i) => $"alias{i}@domain{i % Domains}.example";

    private static void Tell(string what, List<double> times)
    {
        times.Sort();
        TestContext.Current.TestOutputHelper!.WriteLine($"{what}: p50 {times[times.Count / 2]:0.000} ms, p99 {times[times.Count * 99 / 100]:0.000} ms");
    }
}
