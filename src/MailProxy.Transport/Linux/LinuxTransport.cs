using System.Net;
using System.Net.Sockets;
using MailProxy.Transport.Linux.Connections;
using MailProxy.Transport.Linux.Dialling;
using MailProxy.Transport.Linux.Listening;
using MailProxy.Transport.Linux.Reactors;
using MailProxy.Transport.Linux.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailProxy.Transport.Linux;

/// <summary>
/// epoll, splice(2) and OpenSSL on the descriptor: reactor threads on which whole sessions run, from accept to splice, without a change of thread.
/// One per process is enough; <see cref="LinuxSupport"/> tells where it runs.
/// </summary>
public sealed class LinuxTransport : IMailTransport, IDisposable
{
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Reactor[] _reactors;
    private readonly TransportMetrics _metrics;
    private int _next;
    private bool _isDisposed;

    /// <summary>Starts the reactors. Errors: <see cref="PlatformNotSupportedException"/> with the reason, where <see cref="LinuxSupport"/> says no.</summary>
    /// <param name="time">For limits.</param>
    /// <param name="logger">Shortages and faults.</param>
    /// <param name="reactors">Threads; 0 means one for each processor.</param>
    public LinuxTransport(TimeProvider? time = null, ILogger? logger = null, int reactors = 0)
    {
        if (LinuxSupport.Problem is { } problem)
        {
            throw new PlatformNotSupportedException(problem);
        }

        ArgumentOutOfRangeException.ThrowIfNegative(reactors);
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger.Instance;
        _reactors = [.. Enumerable.Range(0, reactors == 0 ? Environment.ProcessorCount : reactors).Select(number => new Reactor(number, _time, _logger))];
        _metrics = new TransportMetrics(() => Usage);
    }

    /// <inheritdoc/>
    public string Name => "linux";

    /// <summary>What all reactors hold now; from any thread, each number for itself.</summary>
    public TransportUsage Usage => _reactors.Aggregate(new TransportUsage(TlsSessions: OpenSslSession.Alive), (sum, reactor) => sum + reactor.Usage);

    /// <summary>Errors: <see cref="AddressInUseException"/>; <see cref="SocketException"/> for everything else the system refuses.</summary>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (sockets, bound) = ListeningSocket.Open(AddressOf(endpoint), _reactors.Length);
        return ValueTask.FromResult<IConnectionListener>(new LinuxListener(bound, Acceptors));

        IEnumerable<(Reactor, Acceptor)> Acceptors(Action<LinuxConnection> offer) =>
            _reactors.Zip(sockets, (reactor, socket) => (reactor, new Acceptor(reactor, socket, bound, offer, _time, _logger)));
    }

    /// <summary>Dials an <see cref="IPEndPoint"/> or <see cref="DnsEndPoint"/>, on the reactor of whoever calls. Errors: <see cref="SocketException"/>.</summary>
    public ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        endpoint is DnsEndPoint dns ? ConnectAsync(dns, cancellationToken) : new Dial(Home(), AddressOf(endpoint), cancellationToken).RunAsync();

    /// <summary>Ends the threads. Connections that live are aborted.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _isDisposed, true))
        {
            _metrics.Dispose();
            foreach (var reactor in _reactors)
            {
                reactor.Dispose();
            }
        }
    }

    private static IPEndPoint AddressOf(EndPoint endPoint) =>
        endPoint as IPEndPoint ?? throw new NotSupportedException($"The Linux transport knows IP addresses only, not {endPoint}.");

    private async ValueTask<ConnectionContext> ConnectAsync(DnsEndPoint dns, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(dns.Host, dns.AddressFamily, cancellationToken);
        for (var i = 0; i < addresses.Length - 1; i++)
        {
            try
            {
                return await ConnectAsync(new IPEndPoint(addresses[i], dns.Port), cancellationToken);
            }
            catch (SocketException exception)
            {
                _logger.LogDebug("{Host} did not answer at {Address}: {Reason}", dns.Host, addresses[i], exception.Message);
            }
        }

        return addresses.Length == 0
            ? throw new SocketException((int)SocketError.HostNotFound)
            : await ConnectAsync(new IPEndPoint(addresses[^1], dns.Port), cancellationToken);
    }

    // Whoever runs on a reactor stays there: a session's two sockets belong together.
    private Reactor Home() =>
        Reactor.Current is { } current && Array.IndexOf(_reactors, current) >= 0
            ? current
            : _reactors[(uint)Interlocked.Increment(ref _next) % (uint)_reactors.Length];
}
