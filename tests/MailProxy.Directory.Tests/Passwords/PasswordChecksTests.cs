using MailProxy.Directory.Passwords;
using Xunit;

namespace MailProxy.Directory.Tests.Passwords;

public sealed class PasswordChecksTests : IDisposable
{
    private readonly GatedHash _hash = new();
    private readonly Secret _secret = new("secret"u8.ToArray());

    public void Dispose()
    {
        _hash.Dispose();
        _secret.Dispose();
    }

    [Fact]
    public async Task More_than_may_wait_are_turned_away_and_the_others_are_answered()
    {
        await using var checks = new PasswordChecks(atOnce: 1, waiting: 2);

        Task<bool?>[] answers = [.. Enumerable.Range(0, 6).Select(_ => checks.CompareAsync(_hash, _secret, CancellationToken.None))];

        Assert.Equal([false, false, false, true, true, true], answers.Select(answer => answer.IsCompleted));
        _hash.Open();
        Assert.Equal([true, true, true, null, null, null], await Task.WhenAll(answers));
        Assert.True(await checks.CompareAsync(_hash, _secret, CancellationToken.None));
    }

    [Theory]
    [InlineData("{PLAIN}secret")]
    [InlineData("{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0")]
    public async Task What_takes_microseconds_is_compared_at_once_and_waits_for_nobody(string stored)
    {
        Assert.True(PasswordParser.TryParse(stored, out var cheap, out _));
        await using var checks = new PasswordChecks(atOnce: 1, waiting: 1);
        Task<bool?> first = checks.CompareAsync(_hash, _secret, CancellationToken.None);
        Task<bool?> quick = checks.CompareAsync(cheap, _secret, CancellationToken.None);
        Assert.True(quick.IsCompletedSuccessfully);
        Assert.True(await quick);
        Assert.False(first.IsCompleted);
        _hash.Open();
        Assert.True(await first);
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_the_place()
    {
        await using var checks = new PasswordChecks(atOnce: 1, waiting: 1);
        using var cancelled = new CancellationTokenSource();

        Task<bool?> first = checks.CompareAsync(_hash, _secret, CancellationToken.None);
        Task<bool?> second = checks.CompareAsync(_hash, _secret, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Task<bool?> third = checks.CompareAsync(_hash, _secret, CancellationToken.None);
        _hash.Open();

        Assert.True(await first);
        Assert.True(await third);
    }

    [Fact]
    public async Task Comparisons_leave_the_thread_that_asks()
    {
        await using var checks = new PasswordChecks(atOnce: 2, waiting: 10);

        Task<bool?> answer = checks.CompareAsync(_hash, _secret, CancellationToken.None);

        // Had it run here, this line would not have been reached before the gate gave up.
        Assert.False(answer.IsCompleted);
        _hash.Open();
        Assert.True(await answer);
    }

    [Fact]
    public async Task Disposing_waits_for_what_was_asked_before()
    {
        var checks = new PasswordChecks(atOnce: 1, waiting: 5);
        Task<bool?>[] answers = [.. Enumerable.Range(0, 3).Select(_ => checks.CompareAsync(_hash, _secret, CancellationToken.None))];

        Task disposed = checks.DisposeAsync().AsTask();

        Assert.False(disposed.IsCompleted);
        _hash.Open();
        await disposed;
        Assert.Equal([true, true, true], await Task.WhenAll(answers));
    }
}
