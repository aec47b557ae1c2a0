using MailProxy.Transport.Tls.Tickets;
using Microsoft.Extensions.Logging;

namespace MailProxy.Transport.Tls;

/// <summary>
/// A <see cref="ServerTls"/> that follows its files: certificates, keys, CAs and ticket keys. It takes all of them or, when one is bad, none.
/// </summary>
public sealed class ServerTlsFiles : IDisposable
{
    // Certificates are renewed weeks before they expire: half a minute is soon enough, and costs nothing. Looking instead of inotify, because a
    // watch sits on a file, and Kubernetes changes a symbolic link two levels above it.
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private TlsOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly TicketKeys _tickets;
    private readonly ITimer _timer;
    private string _digest;
    private bool _isDisposed;

    /// <summary>Reads the files and begins to look for changes. Errors: <see cref="CertificateFileException"/>.</summary>
    public ServerTlsFiles(TlsOptions options, ILogger logger, TimeProvider time)
    {
        (_options, _logger, _time) = (options, logger, time);
        // Before the files are read: a change in between is found by the next look.
        _digest = TlsFileDigest.Of(options.Files);
        var settings = options.Load([]);
        _tickets = options.TicketKeys is null ? TicketKeys.Generate(time) : TicketKeys.Load(options.TicketKeys);
        Tls = new ServerTls(settings with { TicketKeys = _tickets });
        _timer = time.CreateTimer(static self => ((ServerTlsFiles)self!).Look(isAsked: false), this, Interval, Interval);
    }

    /// <summary>What listeners serve.</summary>
    public ServerTls Tls { get; }

    /// <summary>Reads the files now, changed or not. Never fails: a bad file is one log event, and what was read before stays.</summary>
    public void Reload() => Look(isAsked: true);

    /// <summary>Follows other files from now on. Errors: <see cref="CertificateFileException"/>; then those before are followed as before.</summary>
    public void Use(TlsOptions next)
    {
        lock (_gate)
        {
            var before = _options;
            try
            {
                _options = next;
                var digest = TlsFileDigest.Of(next.Files);
                Take();
                _digest = digest;
            }
            catch
            {
                _options = before;
                throw;
            }
        }
    }

    /// <summary>Stops looking and clears the ticket keys.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            _isDisposed = true;
            _tickets.Dispose();
        }
    }

    private void Look(bool isAsked)
    {
        lock (_gate)
        {
            var digest = TlsFileDigest.Of(_options.Files);
            if (_isDisposed || (digest == _digest && !isAsked))
            {
                return;
            }

            _digest = digest;
            try
            {
                Take();
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

    private void Take()
    {
        var settings = _options.Load([]);
        if (_options.TicketKeys is not null)
        {
            _tickets.Reload(_options.TicketKeys);
        }

        Tls.Replace(settings with { TicketKeys = _tickets });
        var first = settings.Certificates[0];
        TlsLog.Reloaded(_logger, string.Join(", ", settings.Certificates.SelectMany(CertificateNames.DnsNamesOf)), first.NotAfter.ToUniversalTime());
        if (first.NotAfter.ToUniversalTime() < _time.GetUtcNow().UtcDateTime)
        {
            TlsLog.Expired(_logger, _options.Certificate!, first.NotAfter.ToUniversalTime());
        }
    }
}
