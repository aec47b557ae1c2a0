using System.Net;
using System.Runtime.InteropServices;
using MailProxy.Transport.Linux.Connections;
using MailProxy.Transport.Linux.Native;
using MailProxy.Transport.Linux.Reactors;
using MailProxy.Transport.Serving;
using Microsoft.Extensions.Logging;

namespace MailProxy.Transport.Linux.Listening;

/// <summary>One reactor's share of a listener. On the reactor's thread, except for the constructor.</summary>
internal sealed unsafe class Acceptor(
    Reactor reactor, SafeDescriptor socket, IPEndPoint bound, Action<LinuxConnection> offer, TimeProvider time, ILogger logger) : IEventTarget, IDisposable
{
    // So many at once, then the sockets that live get their turn.
    private const int MaxAtOnce = 64;

    // When not even the spare descriptor helps: a tenth of a second lets sessions end, without spinning.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly SpareDescriptor _spare = new();
    private ulong _number;
    private bool _isClosed;
    private bool _isQueued;
    private ITimer? _pause;

    // One line tells of a shortage; a line per shed connection would be another.
    private readonly RepeatedEvent _shed = new(time, count => logger.LogWarning(
        "Out of descriptors: {Count} new connections to {EndPoint} were closed; raise the limit (LimitNOFILE, ulimit -n) or lower Limits:Connections", count, bound));

    private readonly RepeatedEvent _stuck = new(time, count => logger.LogWarning(
        "Out of descriptors: accepting on {EndPoint} failed {Count} times; new connections wait, and it is tried again", bound, count));

    /// <summary>Begins to accept.</summary>
    public void Start() => _number = reactor.Add(socket.Value, this);

    /// <inheritdoc/>
    public void OnEvents(uint events) => Accept();

    /// <summary>Stops accepting; connections that were not accepted are reset by the kernel.</summary>
    public void Dispose()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            reactor.Remove(_number);
            socket.Dispose();
            _spare.Dispose();
            _pause?.Dispose();
            _shed.Dispose();
            _stuck.Dispose();
        }
    }

    private void Accept()
    {
        _isQueued = false;
        var address = stackalloc byte[SocketAddressCodec.MaxLength];
        for (var i = 0; i < MaxAtOnce && !_isClosed; i++)
        {
            var length = SocketAddressCodec.MaxLength;
            var accepted = Libc.Accept(socket.Value, address, &length, Libc.NonBlocking | Libc.CloseOnExec);
            if (accepted >= DescriptorCeiling.Accepted)
            {
                _ = Libc.Close(accepted);
                _shed.Happened();
                continue;
            }

            if (accepted >= 0)
            {
                Adopt(accepted, new ReadOnlySpan<byte>(address, length));
                continue;
            }

            var errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.Again)
            {
                return;
            }

            if (Errno.IsShortage(errno) && !TryShed())
            {
                Retry();
                return;
            }

            // Anything else is about a connection that went away between its SYN and our accept (accept(2)): the next one, please.
        }

        // Edge-triggered: nobody tells us again about those that wait already.
        if (!_isClosed && !_isQueued)
        {
            _isQueued = true;
            reactor.Post(static self => ((Acceptor)self!).Accept(), this);
        }
    }

    private void Adopt(int accepted, ReadOnlySpan<byte> address)
    {
        LinuxConnection connection;
        try
        {
            var isWildcard = bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any);
            connection = new LinuxConnection(reactor, accepted, SocketAddressCodec.Read(address), isWildcard ? null : bound, isAccepted: true);
        }
        catch (Exception exception)
        {
            _ = Libc.Close(accepted);
            logger.LogError(exception, "A connection to {EndPoint} could not be taken over", bound);
            return;
        }

        offer(connection);
    }

    private bool TryShed()
    {
        if (!_spare.TryGiveUp())
        {
            _spare.TryTakeBack();
            return false;
        }

        var accepted = Libc.Accept(socket.Value, null, null, Libc.CloseOnExec);
        if (accepted < 0)
        {
            // Whoever waited may have gone meanwhile: that is no shortage.
            var isOver = Marshal.GetLastPInvokeError() == Errno.Again;
            _spare.TryTakeBack();
            return isOver;
        }

        // Before the log, which may want a descriptor of its own.
        _ = Libc.Close(accepted);
        _spare.TryTakeBack();
        _shed.Happened();
        return true;
    }

    private void Retry()
    {
        _stuck.Happened();
        // The system's clock, because it is the system's descriptors that are waited for.
        _pause ??= TimeProvider.System.CreateTimer(
            static self => ((Acceptor)self!).PostAccept(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _pause.Change(Pause, Timeout.InfiniteTimeSpan);
    }

    private void PostAccept() => reactor.Post(static self => ((Acceptor)self!).Accept(), this);
}
