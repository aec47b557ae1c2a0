using Microsoft.Extensions.Logging;

namespace MailProxy.Transport.Tls;

/// <summary>What a key file holds, followed: when its content changes it is read again, and what was read before stays while the new is bad.</summary>
/// <typeparam name="T">What is made of the file. It must live on when it is replaced: somebody may be using it.</typeparam>
public sealed class FollowedFile<T> : IDisposable
    where T : class
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly Func<string, T> _load;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private string _digest;
    private volatile T _current;

    /// <summary>Reads the file and begins to look for changes, every half a minute.</summary>
    /// <param name="path">The file.</param>
    /// <param name="load">Makes the value; errors: <see cref="CertificateFileException"/>.</param>
    /// <param name="logger">Hears of changes.</param>
    /// <param name="time">When to look.</param>
    public FollowedFile(string path, Func<string, T> load, ILogger logger, TimeProvider time)
    {
        (_path, _load, _logger) = (path, load, logger);

        // Before the file is read: a change in between is found by the next look.
        _digest = TlsFileDigest.Of([path]);
        _current = load(path);
        _timer = time.CreateTimer(static self => ((FollowedFile<T>)self!).Look(isAsked: false), this, ServerTlsFiles.Interval, ServerTlsFiles.Interval);
    }

    /// <summary>The last that was good.</summary>
    public T Current => _current;

    /// <summary>Reads the file now, changed or not. Never fails: a bad file is one log event.</summary>
    public void Reload() => Look(isAsked: true);

    /// <summary>Stops looking; what was read can still be used.</summary>
    public void Dispose() => _timer.Dispose();

    private void Look(bool isAsked)
    {
        lock (_gate)
        {
            var digest = TlsFileDigest.Of([_path]);
            if (digest == _digest && !isAsked)
            {
                return;
            }

            _digest = digest;
            try
            {
                _current = _load(_path);
                TlsLog.KeysReloaded(_logger, _path);
            }
            catch (CertificateFileException exception)
            {
                TlsLog.Refused(_logger, exception.Message);
            }
            catch (Exception exception)
            {
                // On a timer's thread it would end the process, and with it every session.
                TlsLog.Broke(_logger, exception);
            }
        }
    }
}
