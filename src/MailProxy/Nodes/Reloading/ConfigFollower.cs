using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace MailProxy.Nodes.Reloading;

/// <summary>
/// Looks whether a configuration file has changed, and says so once it has stopped changing. By its content, not by a watch: that sits on a file, and
/// Kubernetes changes a symbolic link two levels above it.
/// </summary>
internal sealed class ConfigFollower : IDisposable
{
    /// <summary>Between two looks; a file of some kilobytes costs nothing. A change counts when two looks in a row see the same.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly Action _changed;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private string _taken;
    private string _seen;

    /// <summary>Begins to look.</summary>
    /// <param name="path">The file, which has been read a moment ago.</param>
    /// <param name="changed">Called on a timer's thread.</param>
    /// <param name="logger">Hears of a file that cannot be looked at.</param>
    /// <param name="time">When to look.</param>
    public ConfigFollower(string path, Action changed, ILogger logger, TimeProvider time)
    {
        (_path, _changed, _logger) = (path, changed, logger);
        _taken = _seen = Digest();
        _timer = time.CreateTimer(static self => ((ConfigFollower)self!).Look(), this, Interval, Interval);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_gate)
        {
            var now = Digest();
            var isSettled = now == _seen;
            _seen = now;

            // A file that is away for a moment is being replaced.
            if (!isSettled || now == _taken || now.Length == 0)
            {
                return;
            }

            _taken = now;
        }

        _changed();
    }

    private string Digest()
    {
        try
        {
            return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(_path)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _logger.LogDebug("The configuration {Path} cannot be looked at now: {Reason}", _path, exception.Message);
            return "";
        }
    }
}
