using System.Diagnostics;
using System.Text;
using Xunit;

namespace MailProxy.Directory.Tests.Scale;

/// <summary>285,000 users, 600,000 aliases, 6,800 domains, and how long a directory takes to answer about them: the figures of docs/performance.md.</summary>
internal static class ScaleSet
{
    public const int Domains = 6_800;
    public const int Users = 285_000;
    public const int Aliases = 600_000;
    public const string Password = "secret";
    private const int Questions = 10_000;

    public static void SkipUnlessAsked() => Assert.SkipWhen(Environment.GetEnvironmentVariable("MAILPROXY_SCALE") is null, "takes minutes: set MAILPROXY_SCALE=1");

    public static string User(int i) => $"user{i}@{Domain(i)}";

    public static string Alias(int i) => $"alias{i}@{Domain(i)}";

    public static string Domain(int i) => $"domain{i % Domains}.example";

    /// <summary>Logins, users, aliases and nobodies, one after the other.</summary>
    public static async Task MeasureAsync(IDirectoryProvider directory)
    {
        Assert.Null(directory.Unreadiness);
        var random = new Random(4711);
        await AskAsync("login", async () => Assert.Equal(AuthenticationOutcome.Authenticated, await LogInAsync(directory, User(random.Next(Users)))));
        await AskAsync("user", async () => Assert.Equal(LookupOutcome.Found, (await directory.LookUpAsync(User(random.Next(Users)), default)).Outcome));
        await AskAsync("alias", async () => Assert.Equal(LookupOutcome.Found, (await directory.LookUpAsync(Alias(random.Next(Aliases)), default)).Outcome));
        await AskAsync("nobody", async () => Assert.Equal(LookupOutcome.NoSuchUser, (await directory.LookUpAsync($"no+x@{Domain(random.Next())}", default)).Outcome));
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Assert.Equal(LookupOutcome.Found, (await directory.LookUpAsync(Alias(((worker * 37_501) + (i * 7)) % Aliases), default)).Outcome);
            }
        })));
        Tell($"16 at once: {16_000 / watch.Elapsed.TotalSeconds:0} aliases/s");
    }

    public static void Tell(string line) => TestContext.Current.TestOutputHelper!.WriteLine(line);

    private static async Task<AuthenticationOutcome> LogInAsync(IDirectoryProvider directory, string name)
    {
        using var secret = new Secret(Encoding.UTF8.GetBytes(Password));
        return (await directory.AuthenticateAsync(new AuthenticationRequest(name, "", secret, "PLAIN", "imap", null, true), CancellationToken.None)).Outcome;
    }

    private static async Task AskAsync(string what, Func<Task> ask)
    {
        for (int i = 0; i < 500; i++)
        {
            await ask();
        }

        var times = new List<double>();
        for (int i = 0; i < Questions; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await ask();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        Tell($"{what}: p50 {times[times.Count / 2]:0.0000} ms, p99 {times[times.Count * 99 / 100]:0.0000} ms");
    }
}
