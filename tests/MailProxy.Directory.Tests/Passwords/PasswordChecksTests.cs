using System.Text;
using MailProxy.Directory.Passwords;
using Xunit;

namespace MailProxy.Directory.Tests.Passwords;

public sealed class PasswordChecksTests
{
    private static readonly PasswordHash Slow = Parse(Pbkdf2Writer.Write("secret"u8, 200_000));

    [Fact]
    public async Task More_than_may_wait_are_turned_away_and_the_others_are_answered()
    {
        var checks = new PasswordChecks(atOnce: 1, waiting: 2);
        using var secret = new Secret("secret"u8.ToArray());

        bool?[] answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => checks.CompareAsync(Slow, secret, CancellationToken.None)));

        Assert.Equal(3, answers.Count(answer => answer == true));
        Assert.Equal(3, answers.Count(answer => answer is null));
        Assert.True(await checks.CompareAsync(Slow, secret, CancellationToken.None));
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_the_place()
    {
        var checks = new PasswordChecks(atOnce: 1, waiting: 1);
        using var secret = new Secret("secret"u8.ToArray());
        using var cancelled = new CancellationTokenSource();

        Task<bool?> first = checks.CompareAsync(Slow, secret, CancellationToken.None);
        Task<bool?> second = checks.CompareAsync(Slow, secret, cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.True(await first);
        Assert.True(await checks.CompareAsync(Slow, secret, CancellationToken.None));
    }

    [Fact]
    public async Task Comparisons_leave_the_thread_that_asks()
    {
        var checks = new PasswordChecks(atOnce: 2, waiting: 10);
        using var secret = new Secret(Encoding.UTF8.GetBytes("secret"));

        // An answer that is there at once was computed here.
        Task<bool?> answer = checks.CompareAsync(Slow, secret, CancellationToken.None);

        Assert.False(answer.IsCompleted);
        Assert.True(await answer);
    }

    private static PasswordHash Parse(string stored) =>
        PasswordParser.TryParse(stored, out PasswordHash? hash, out string? error) ? hash : throw new ArgumentException(error);
}
