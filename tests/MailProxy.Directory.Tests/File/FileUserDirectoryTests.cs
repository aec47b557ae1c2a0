using System.Diagnostics;
using System.Text;
using MailProxy.Directory.File;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Directory.Tests.File;

public sealed class FileUserDirectoryTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly RecordingLogger _logger = new();
    private FileUserDirectory _directory = null!;

    public async ValueTask InitializeAsync()
    {
        string path = _folder.File("users.json");
        await System.IO.File.WriteAllTextAsync(path, UserFiles.Example);
        var options = new FileDirectoryOptions { Path = path, DefaultDomain = "example.org" };
        _directory = new FileUserDirectory(options, _logger, new FakeTimeProvider());
        await _directory.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _directory.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("alice@example.org", "", "secret", AuthenticationOutcome.Authenticated, "alice@example.org")]
    [InlineData("ALICE", "", "secret", AuthenticationOutcome.Authenticated, "alice@example.org")]
    [InlineData("alice@example.net", "Alice@Example.Org", "secret", AuthenticationOutcome.Authenticated, "alice@example.org")]
    [InlineData("bob@example.org", "", "secret", AuthenticationOutcome.Authenticated, "bob@example.org")]
    [InlineData("alice@example.org", "bob@example.org", "secret", AuthenticationOutcome.Authenticated, "bob@example.org")]
    [InlineData("alice@example.org", "", "Secret", AuthenticationOutcome.WrongPassword, null)]
    [InlineData("alice@example.org", "", "", AuthenticationOutcome.WrongPassword, null)]
    [InlineData("alice@example.org", "", "secret\0", AuthenticationOutcome.WrongPassword, null)]
    [InlineData("alice@example.org", "bob@example.org", "wrong", AuthenticationOutcome.WrongPassword, null)]
    [InlineData("ghost@example.org", "", "secret", AuthenticationOutcome.NoSuchUser, null)]
    [InlineData("", "", "secret", AuthenticationOutcome.NoSuchUser, null)]
    [InlineData("alice@example.com", "", "secret", AuthenticationOutcome.NoSuchUser, null)]
    [InlineData("alice@example.org\r\nx", "", "secret", AuthenticationOutcome.NoSuchUser, null)]
    [InlineData("%s%n", "", "secret", AuthenticationOutcome.NoSuchUser, null)]
    [InlineData("*", "", "secret", AuthenticationOutcome.NoSuchUser, null)]
    [InlineData("team@example.org", "", "secret", AuthenticationOutcome.NoSuchUser, null)]
    [InlineData("alice+x@example.org", "", "secret", AuthenticationOutcome.NoSuchUser, null)]
    [InlineData("dan@example.org", "", "secret", AuthenticationOutcome.Disabled, "dan@example.org")]
    [InlineData("dan@example.org", "", "wrong", AuthenticationOutcome.WrongPassword, null)]
    [InlineData("carol@example.org", "", "secret", AuthenticationOutcome.Expired, "carol@example.org")]
    [InlineData("carol@example.org", "", "wrong", AuthenticationOutcome.WrongPassword, null)]
    [InlineData("alice@example.org", "dan@example.org", "secret", AuthenticationOutcome.Disabled, "dan@example.org")]
    [InlineData("alice@example.org", "carol@example.org", "secret", AuthenticationOutcome.NotAuthorized, null)]
    [InlineData("bob@example.org", "alice@example.org", "secret", AuthenticationOutcome.NotAuthorized, null)]
    [InlineData("alice@example.org", "ghost@example.org", "secret", AuthenticationOutcome.NotAuthorized, null)]
    [InlineData("alice@example.org", "team@example.org", "secret", AuthenticationOutcome.NotAuthorized, null)]
    public async Task Credentials_get_their_verdict(string name, string actAs, string password, AuthenticationOutcome outcome, string? user)
    {
        // Twice: nothing is left of the first time.
        foreach (int _ in new[] { 1, 2 })
        {
            AuthenticationResult result = await AuthenticateAsync(name, actAs, password);

            Assert.Equal(outcome, result.Outcome);
            Assert.Equal(user, result.User?.Name);
        }
    }

    [Fact]
    public async Task Attempts_at_the_same_time_do_not_touch_each_other()
    {
        IEnumerable<Task<bool>> attempts = Enumerable.Range(0, 400).Select(async n =>
        {
            bool right = n % 2 == 0;
            AuthenticationResult result = await AuthenticateAsync(n % 3 == 0 ? "alice" : "bob", "", right ? "secret" : "wrong");
            return result.Outcome == (right ? AuthenticationOutcome.Authenticated : AuthenticationOutcome.WrongPassword);
        });

        Assert.All(await Task.WhenAll(attempts), Assert.True);
    }

    [Fact]
    public async Task Neither_answers_nor_the_log_hold_a_password()
    {
        var told = new StringBuilder();
        foreach (string name in new[] { "alice", "bob", "ghost", "dan", "carol" })
        {
            foreach (string password in new[] { "secret", "exact", "hunter2" })
            {
                told.Append(await AuthenticateAsync(name, "", password));
            }
        }

        foreach ((LogLevel _, string text) in _logger.Lines)
        {
            told.Append(text);
        }

        Assert.All(new[] { "secret", "hunter2", "exact", "6qOPkY" }, word => Assert.DoesNotContain(word, told.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cancelled_question_has_no_answer()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        using var secret = new Secret("secret"u8.ToArray());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _directory.AuthenticateAsync(Request("alice", "", secret), cancelled.Token));
    }

    [Fact]
    public async Task Unknown_users_cost_a_comparison_too()
    {
        // One user whose hash takes some ten milliseconds: an answer without comparison would take microseconds.
        string stored = MailProxy.Directory.Passwords.Pbkdf2Writer.Write("secret"u8, 60_000);
        string path = _folder.File("slow.json");
        await System.IO.File.WriteAllTextAsync(path, UserFiles.With($"{{\"name\": \"alice\", \"password\": \"{stored}\"}}"), TestContext.Current.CancellationToken);
        await using var directory = new FileUserDirectory(new FileDirectoryOptions { Path = path }, _logger, new FakeTimeProvider());
        await directory.StartAsync(CancellationToken.None);

        TimeSpan known = await ShortestAsync(directory, "alice@example.org", AuthenticationOutcome.WrongPassword);
        TimeSpan unknown = await ShortestAsync(directory, "ghost@example.org", AuthenticationOutcome.NoSuchUser);

        // The shortest of several, because other work on this machine only lengthens them; without a comparison it would be a thousandth.
        Assert.InRange(unknown / known, 0.25, 4.0);
    }

    private static async Task<TimeSpan> ShortestAsync(FileUserDirectory directory, string name, AuthenticationOutcome expected)
    {
        TimeSpan shortest = TimeSpan.MaxValue;
        foreach (int _ in Enumerable.Range(0, 8))
        {
            using var secret = new Secret("wrong"u8.ToArray());
            long start = Stopwatch.GetTimestamp();
            AuthenticationResult result = await directory.AuthenticateAsync(Request(name, "", secret), CancellationToken.None);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            Assert.Equal(expected, result.Outcome);
            shortest = elapsed < shortest ? elapsed : shortest;
        }

        return shortest;
    }

    private async Task<AuthenticationResult> AuthenticateAsync(string name, string actAs, string password)
    {
        using var secret = new Secret(Encoding.UTF8.GetBytes(password));
        return await _directory.AuthenticateAsync(Request(name, actAs, secret), CancellationToken.None);
    }

    private static AuthenticationRequest Request(string name, string actAs, Secret secret) => new(name, actAs, secret, "PLAIN", "imap", null, true);
}
