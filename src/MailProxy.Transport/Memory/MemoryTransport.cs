using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MailProxy.Transport.Connections;
using MailProxy.Transport.Splice;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Memory;

/// <summary>Listener and dialler in one process, without sockets; TLS and splice are those of the portable transport. For tests.</summary>
public sealed class MemoryTransport : IMailTransport
{
    private readonly ConcurrentDictionary<MemoryEndPoint, MemoryListener> _listeners = new();
    private readonly SpliceSweep _sweep;
    private readonly TimeProvider _time;
    private long _lastDialler;

    /// <summary>A world of its own: endpoints of one transport are unknown to another.</summary>
    public MemoryTransport(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _sweep = new SpliceSweep(_time);
    }

    /// <inheritdoc/>
    public string Name => "memory";

    /// <summary>Listens at a <see cref="MemoryEndPoint"/>. Errors: <see cref="AddressInUseException"/>.</summary>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var name = NameOf(endpoint);
        var listener = new MemoryListener(name, self => _listeners.TryRemove(new(name, self)));
        return _listeners.TryAdd(name, listener)
            ? ValueTask.FromResult<IConnectionListener>(listener)
            : throw new AddressInUseException($"Somebody listens at {name} already.");
    }

    /// <summary>Dials a <see cref="MemoryEndPoint"/>. Errors: <see cref="SocketException"/> (ConnectionRefused) when nobody listens there.</summary>
    public ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var name = NameOf(endpoint);
        var (dialler, accepted) = MemoryChannel.CreatePair(new MemoryEndPoint($"dialler-{Interlocked.Increment(ref _lastDialler)}"), name);
        if (!_listeners.TryGetValue(name, out var listener) || !listener.TryOffer(new MailConnection(accepted, _sweep, _time)))
        {
            throw new SocketException((int)SocketError.ConnectionRefused);
        }

        return ValueTask.FromResult<ConnectionContext>(new MailConnection(dialler, _sweep, _time));
    }

    private static MemoryEndPoint NameOf(EndPoint endpoint) =>
        endpoint as MemoryEndPoint ?? throw new NotSupportedException($"The memory transport knows MemoryEndPoint only, not {endpoint}.");
}
