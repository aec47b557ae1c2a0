using MailProxy.Directory.File;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Directory.Tests.File;

public sealed class FileReloadTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RecordingLogger _logger = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly string _path;
    private FileUserDirectory? _directory;

    public FileReloadTests() => _path = _folder.File("users.json");

    public async ValueTask DisposeAsync()
    {
        if (_directory is not null)
        {
            await _directory.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Before_it_starts_it_is_unavailable_not_wrong()
    {
        Write("alice");
        _directory = new FileUserDirectory(new FileDirectoryOptions { Path = _path }, _logger, _time);
        using var secret = new Secret("secret"u8.ToArray());
        var request = new AuthenticationRequest("alice", "", secret, "PLAIN", "imap", null, true);

        AuthenticationResult result = await _directory.AuthenticateAsync(request, CancellationToken.None);

        Assert.Equal(AuthenticationOutcome.TemporarilyUnavailable, result.Outcome);
        Assert.Equal(LookupOutcome.TemporarilyUnavailable, (await _directory.LookUpAsync("alice", CancellationToken.None)).Outcome);
        Assert.Contains("has not been read yet", _directory.Unreadiness, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_missing_at_the_start_is_taken_when_it_comes()
    {
        await StartAsync();
        Assert.Contains("cannot be read", _directory!.Unreadiness, StringComparison.Ordinal);
        Assert.Single(_logger.Lines, line => line.Level == LogLevel.Error);

        Write("alice");
        await PollAsync();

        Assert.True(await KnowsAsync("alice"));
        Assert.Null(_directory.Unreadiness);
        Assert.Null(_directory.Notice);
    }

    [Fact]
    public async Task A_changed_file_is_taken_at_the_next_poll()
    {
        Write("alice");
        await StartAsync();

        Write("bobby");
        await PollAsync();

        Assert.True(await KnowsAsync("bobby"));
        Assert.False(await KnowsAsync("alice"));
    }

    [Fact]
    public async Task A_file_replaced_by_rename_is_taken()
    {
        Write("alice");
        await StartAsync();

        string other = _folder.File("users.json.new");
        System.IO.File.WriteAllText(other, UserFiles.With(UserFiles.User("bobby")));
        System.IO.File.Move(other, _path, overwrite: true);
        await PollAsync();

        Assert.True(await KnowsAsync("bobby"));
    }

    [Fact]
    public async Task A_link_that_points_elsewhere_is_followed()
    {
        // How Kubernetes changes a mounted ConfigMap: the link is exchanged, the file's name stays.
        System.IO.File.WriteAllText(_folder.File("one"), UserFiles.With(UserFiles.User("alice")));
        System.IO.File.WriteAllText(_folder.File("two"), UserFiles.With(UserFiles.User("bobby")));
        System.IO.File.CreateSymbolicLink(_path, _folder.File("one"));
        await StartAsync();

        System.IO.File.CreateSymbolicLink(_folder.File("link"), _folder.File("two"));
        System.IO.File.Move(_folder.File("link"), _path, overwrite: true);
        await PollAsync();

        Assert.True(await KnowsAsync("bobby"));
    }

    [Fact]
    public async Task A_broken_version_is_told_once_and_the_last_good_one_stays()
    {
        Write("alice");
        await StartAsync();

        System.IO.File.WriteAllText(_path, "{\"domains\": [\"example.org\"], \"users\": [{\"name\": \"bob\", \"password\": \"hunter2\"}]}");
        await PollAsync();
        await PollAsync();
        await PollAsync();

        Assert.True(await KnowsAsync("alice"));
        Assert.Null(_directory!.Unreadiness);
        Assert.Contains("served as it was before; now: line 1, /users/0/password: has no scheme", _directory.Notice, StringComparison.Ordinal);
        string told = Assert.Single(_logger.Lines, line => line.Level == LogLevel.Error).Text;
        Assert.Contains("the version before is still served", told, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", told + _directory.Notice, StringComparison.Ordinal);

        Write("carol");
        await PollAsync();

        Assert.True(await KnowsAsync("carol"));
        Assert.Null(_directory.Notice);
    }

    [Fact]
    public async Task A_version_that_is_broken_only_for_a_moment_is_not_told()
    {
        Write("alice");
        await StartAsync();

        // Written in place: first it is empty. Looked at without any time passing.
        System.IO.File.WriteAllText(_path, "");
        CurrentFile current = new(_path, "", _logger, _time);
        Write("alice");
        current.Check();
        System.IO.File.WriteAllText(_path, "{");
        current.Check();
        Assert.NotNull(current.Problem);
        Write("bobby");
        current.Check();

        Assert.Null(current.Problem);
        Assert.DoesNotContain(_logger.Lines, line => line.Level == LogLevel.Error);
    }

    [Fact]
    public async Task A_file_that_goes_away_leaves_the_last_good_version()
    {
        Write("alice");
        await StartAsync();

        System.IO.File.Delete(_path);
        await PollAsync();
        await PollAsync();

        Assert.True(await KnowsAsync("alice"));
        Assert.Contains("cannot be read", _directory!.Notice, StringComparison.Ordinal);
        Assert.Single(_logger.Lines, line => line.Level == LogLevel.Error);
    }

    [Fact]
    public async Task Without_polls_the_file_systems_notifications_suffice()
    {
        Write("alice");
        await StartAsync();

        // The fake clock stands still; what comes, comes by the watcher. It may tell of several steps of one writing.
        Task looked = _directory!.NextCheck;
        Write("bobby");
        while (!await KnowsAsync("bobby"))
        {
            await looked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            looked = _directory.NextCheck;
        }

        Assert.False(await KnowsAsync("alice"));
    }

    [Fact]
    public async Task An_unchanged_file_is_not_loaded_again()
    {
        Write("alice");
        await StartAsync();

        await PollAsync();
        System.IO.File.SetLastWriteTimeUtc(_path, DateTime.UtcNow.AddMinutes(1));
        await PollAsync();

        Assert.Single(_logger.Lines);
    }

    private void Write(string user) => System.IO.File.WriteAllText(_path, UserFiles.With(UserFiles.User(user)));

    private async Task StartAsync()
    {
        _directory = new FileUserDirectory(new FileDirectoryOptions { Path = _path }, _logger, _time);
        await _directory.StartAsync(CancellationToken.None);
    }

    /// <summary>Lets the clock go on by one poll and waits until the file was looked at after that.</summary>
    private async Task PollAsync()
    {
        // A check may be under way because of the watcher: the one that this tick asks for is the next or the one after.
        Task looked = _directory!.NextCheck;
        _time.Advance(FileWatch.PollInterval);
        await looked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    private async Task<bool> KnowsAsync(string name) =>
        (await _directory!.LookUpAsync($"{name}@example.org", CancellationToken.None)).Outcome == LookupOutcome.Found;
}
