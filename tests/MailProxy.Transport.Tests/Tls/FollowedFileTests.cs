using MailProxy.Testing;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Transport.Tests.Tls;

public sealed class FollowedFileTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly RecordingLogger _log = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private string Path => _folder.File("key");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_change_is_taken_at_the_next_look_or_when_asked()
    {
        using var file = Open("one");
        File.WriteAllText(Path, "two");
        Assert.Equal("one", file.Current);
        _time.Advance(ServerTlsFiles.Interval);
        Assert.Equal("two", file.Current);
        File.WriteAllText(Path, "three");
        file.Reload();
        Assert.Equal("three", file.Current);
        Assert.Equal(2, _log.Entries.Count(entry => entry.Level == LogLevel.Information));
    }

    [Theory]
    [InlineData("bad")]
    [InlineData("bug")]
    [InlineData(null)]
    public void A_bad_file_is_told_once_and_changes_nothing(string? text)
    {
        using var file = Open("one");
        if (text is null)
        {
            File.Delete(Path);
        }
        else
        {
            File.WriteAllText(Path, text);
        }

        _time.Advance(ServerTlsFiles.Interval);
        _time.Advance(ServerTlsFiles.Interval);
        Assert.Equal("one", file.Current);
        Assert.Equal(LogLevel.Error, Assert.Single(_log.Entries).Level);
        File.WriteAllText(Path, "two");
        _time.Advance(ServerTlsFiles.Interval);
        Assert.Equal("two", file.Current);
    }

    [Fact]
    public void A_file_that_is_bad_at_the_start_is_an_error() => Assert.Throws<CertificateFileException>(() => Open("bad"));

    [Fact]
    public void Nobody_looks_after_dispose()
    {
        var file = Open("one");
        file.Dispose();
        File.WriteAllText(Path, "two");
        _time.Advance(ServerTlsFiles.Interval);
        Assert.Equal("one", file.Current);
    }

    private FollowedFile<string> Open(string text)
    {
        File.WriteAllText(Path, text);
        return new FollowedFile<string>(Path, Load, _log, _time);
    }

    private static string Load(string path) => PemFiles.Read(path) switch
    {
        "bad" => throw new CertificateFileException("It is bad."),
        "bug" => throw new InvalidOperationException("unforeseen"),
        var text => text,
    };
}
