using System.Globalization;
using MailProxy.EndToEnd.Tests.Moves.Chaos;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Moves;

/// <summary>
/// Random moves of users with live sessions and mail on its way, while proxies, stores and the commands themselves are killed. At the end every message
/// that was acknowledged is there once, on one store; no user was ever served by two stores; no client read what is no IMAP or POP3.
/// MAILPROXY_CHAOS_SEED repeats what was asked for (not when it happened: that is the machine's); MAILPROXY_CHAOS_LOG names a file for the whole story.
/// </summary>
[Collection(nameof(MoveChaosCollection))]
public sealed class MoveChaosTests
{
    [Fact]
    public Task Nothing_is_lost_doubled_or_served_twice_while_processes_die() => RunAsync(ChaosSize.Small);

    [Fact]
    public Task The_same_with_200_users_and_500_moves()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("MAILPROXY_SCALE") is null, "takes minutes: set MAILPROXY_SCALE=1");
        return RunAsync(ChaosSize.Full);
    }

    private static async Task RunAsync(ChaosSize size)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("MAILPROXY_CHAOS_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given : Random.Shared.Next(1, 1_000_000);
        var (summary, problems) = await ChaosRunner.RunAsync(size, seed);
        TestContext.Current.TestOutputHelper?.WriteLine(summary);
        Assert.True(problems.Length == 0, $"{problems}\n{summary}");
    }
}
