using System.Net;
using System.Runtime.InteropServices;
using MailProxy.Transport.Linux.Native;
using MailProxy.Transport.Linux.Reactors;
using MailProxy.Transport.Linux.Tls;

namespace MailProxy.Transport.Linux.Connections;

/// <summary>
/// One connected descriptor on its reactor, in clear or with OpenSSL on it: calls that never block, and at most one waiter for each direction.
/// Everything here runs on the reactor's thread.
/// </summary>
internal sealed unsafe class LinuxSocket : IEventTarget, IDisposable
{
    /// <summary>The call would have to wait; the flag of its direction is cleared.</summary>
    public const int WouldBlock = -Errno.Again;

    // Bounds the work at close for a peer that floods us: what is beyond it turns the close into a reset.
    private const int DiscardLimit = 256 * 1024;

    private ulong _number;
    private bool _sawPeerEnd;
    private bool _isNoDelay;
    private bool _isKeptAlive;
    private bool _isAnswerDue;

    /// <summary>Takes a non-blocking descriptor over and watches it. An accepted one has its listener's options.</summary>
    public LinuxSocket(Reactor reactor, int descriptor, ISocketOwner owner, bool isAccepted)
    {
        (_isNoDelay, _isKeptAlive) = (isAccepted, isAccepted);
        Reactor = reactor;
        Descriptor = descriptor;
        Owner = owner;
        _number = reactor.Add(descriptor, this);
    }

    /// <summary>Where it lives.</summary>
    public Reactor Reactor { get; private set; }

    /// <summary>Negative once closed.</summary>
    public int Descriptor { get; private set; }

    /// <summary>Who hears that the peer went.</summary>
    public ISocketOwner Owner { get; }

    /// <summary>TLS on the descriptor; null in clear.</summary>
    public OpenSslSession? Tls
    {
        get;
        set
        {
            field = value;
            // OpenSSL sends records of its own accord, without an answer in between.
            _isAnswerDue = true;
        }
    }

    /// <summary>A read may find something. False only when the kernel said so.</summary>
    public bool IsReadable { get; private set; }

    /// <summary>A write may find room.</summary>
    public bool IsWritable { get; private set; }

    /// <summary>The peer's end of file was read.</summary>
    public bool HasReadEnd { get; private set; }

    /// <summary>The kernel told of an error or of a hang-up.</summary>
    public bool SawBreak { get; private set; }

    /// <summary>Closed on our side.</summary>
    public bool IsClosed => Descriptor < 0;

    /// <summary>Told once when a read is worth trying.</summary>
    public IReadinessWaiter? ReadWaiter { get; set; }

    /// <summary>Told once when a write is worth trying.</summary>
    public IReadinessWaiter? WriteWaiter { get; set; }

    /// <inheritdoc/>
    public void OnEvents(uint events)
    {
        const uint Broken = EpollEvents.HangUp | EpollEvents.Error;
        var isForTls = Tls is not null;
        // TLS may want to write in order to read, so there each event is worth a try of both.
        IsReadable |= isForTls || (events & (EpollEvents.In | EpollEvents.PeerHangUp | Broken)) != 0;
        IsWritable |= isForTls || (events & (EpollEvents.Out | Broken)) != 0;
        SawBreak |= (events & Broken) != 0;
        if ((events & (EpollEvents.PeerHangUp | Broken)) != 0 && !_sawPeerEnd)
        {
            _sawPeerEnd = true;
            if (ReadWaiter is null)
            {
                // Whoever reads hears it there, behind the octets that came before.
                Owner.OnPeerGone();
            }
        }

        if (IsReadable && ReadWaiter is { } reader)
        {
            ReadWaiter = null;
            reader.OnReady();
        }

        if (IsWritable && WriteWaiter is { } writer)
        {
            WriteWaiter = null;
            writer.OnReady();
        }
    }

    /// <summary>Octets received; 0 at the peer's end; <see cref="WouldBlock"/>; another negative errno.</summary>
    public int Receive(Span<byte> target) => Tls is null ? ReceiveClear(target) : ReceiveTls(target);

    /// <summary>Octets sent, maybe fewer than offered; <see cref="WouldBlock"/>; another negative errno.</summary>
    /// <param name="octets">What to send.</param>
    /// <param name="isEndNext">Our direction is ended behind it: in clear the system may wait for that.</param>
    public int Send(ReadOnlySpan<byte> octets, bool isEndNext = false)
    {
        Expect();
        int sent;
        if (Tls is null)
        {
            fixed (byte* start = octets)
            {
                sent = Result(Libc.Send(Descriptor, start, octets.Length, isEndNext ? Libc.NoSignal | Libc.More : Libc.NoSignal));
            }
        }
        else
        {
            sent = Tls.Write(octets);
        }

        // A short write means a full buffer: the kernel tells when there is room again.
        IsWritable = sent >= 0 ? Tls is not null || sent == octets.Length : sent != WouldBlock && IsWritable;
        return sent;
    }

    /// <summary>Moves octets between a pipe and this descriptor within the kernel; results like <see cref="Receive"/>.</summary>
    public int SpliceTo(int pipe, int limit)
    {
        var moved = Result(Libc.Splice(Descriptor, null, pipe, null, limit, Libc.SpliceMove | Libc.SpliceNonBlocking));
        HasReadEnd |= moved == 0;
        _isAnswerDue &= moved <= 0;
        return moved;
    }

    /// <summary>The same towards this descriptor; results like <see cref="Send"/>.</summary>
    public int SpliceFrom(int pipe, int limit)
    {
        Expect();
        var moved = Result(Libc.Splice(pipe, null, Descriptor, null, limit, Libc.SpliceMove | Libc.SpliceNonBlocking));
        if (moved == WouldBlock)
        {
            IsWritable = false;
        }

        return moved;
    }

    /// <summary>Something may be there that no event tells of.</summary>
    public void MayBeReadable() => IsReadable = true;

    /// <summary>A read found nothing: wait for the next event.</summary>
    public void Drained() => IsReadable = false;

    /// <summary>Ends our direction below TLS.</summary>
    public void ShutdownSend()
    {
        if (!IsClosed)
        {
            // Fails only where the peer is gone already: then there is no direction left to end.
            _ = Libc.Shutdown(Descriptor, Libc.ShutdownWrite);
        }
    }

    /// <summary>Throws away what was received and not read; unread octets would turn our close into a reset that swallows our last words.</summary>
    public void DiscardReceived()
    {
        var scrap = Reactor.Shared;
        fixed (byte* start = scrap)
        {
            for (var left = DiscardLimit; left > 0 && !HasReadEnd && !IsClosed; left -= scrap.Length)
            {
                if (Libc.Receive(Descriptor, start, scrap.Length, 0) <= 0)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Closes; with <paramref name="isReset"/> the peer sees a reset. Waiters are told, and find it closed. Harmless when repeated.</summary>
    public void Close(bool isReset)
    {
        if (IsClosed)
        {
            return;
        }

        var descriptor = Descriptor;
        if (isReset)
        {
            // struct linger { on, seconds }: linger of zero makes close() send RST.
            var linger = stackalloc int[] { 1, 0 };
            _ = Libc.SetOption(descriptor, Libc.SolSocket, Libc.Linger, linger, 2 * sizeof(int));
        }

        Tls?.Dispose();
        Descriptor = -1;
        Reactor.Remove(_number);
        _ = Libc.Close(descriptor);
        var (reader, writer) = (ReadWaiter, WriteWaiter);
        (ReadWaiter, WriteWaiter) = (null, null);
        reader?.OnReady();
        writer?.OnReady();
    }

    /// <summary>Leaves its reactor; <see cref="Attach"/> on another's thread comes next.</summary>
    public void Detach() => Reactor.Detach(Descriptor, _number);

    /// <summary>Goes on at another reactor, on whose thread this is called.</summary>
    public void Attach(Reactor reactor)
    {
        Reactor = reactor;
        _number = reactor.Add(Descriptor, this);
    }

    /// <summary>Our address; null when it cannot be told any more.</summary>
    public IPEndPoint? ReadLocalEndPoint()
    {
        var address = stackalloc byte[SocketAddressCodec.MaxLength];
        var length = SocketAddressCodec.MaxLength;
        return Libc.SocketName(Descriptor, address, &length) == 0 ? SocketAddressCodec.Read(new ReadOnlySpan<byte>(address, length)) : null;
    }

    /// <summary>The reactor ends: whoever still holds this sees an abort.</summary>
    public void Dispose() => Owner.Abort();

    /// <summary>The error that the kernel keeps for the socket; asking takes it.</summary>
    public int TakeError()
    {
        var error = 0;
        var length = sizeof(int);
        return Libc.GetOption(Descriptor, Libc.SolSocket, Libc.SocketErrorOption, &error, &length) == 0 ? error : Marshal.GetLastPInvokeError();
    }

    /// <summary>From now on a dead peer is noticed though nothing is sent.</summary>
    public void KeepAlive()
    {
        if (!_isKeptAlive && !IsClosed)
        {
            _isKeptAlive = true;
            SocketOptions.KeepAlive(Descriptor);
        }
    }

    // Nagle's algorithm (RFC 9293 3.7.4) holds back only what is sent while something else waits to be acknowledged. A dialogue waits for its
    // answers, so most sockets never need the option, and each system call that is not made is CPU that a login does not cost.
    private void Expect()
    {
        if (_isAnswerDue && !_isNoDelay)
        {
            _isNoDelay = true;
            SocketOptions.NoDelay(Descriptor);
        }

        _isAnswerDue = true;
    }

    private static int Result(nint returned) => returned >= 0 ? (int)returned : -Marshal.GetLastPInvokeError();

    private int ReceiveClear(Span<byte> target)
    {
        int received;
        fixed (byte* start = target)
        {
            received = Result(Libc.Receive(Descriptor, start, target.Length, 0));
        }

        // A short read has emptied the buffer (epoll(7)), and what comes later is a new edge; but an end that was announced already is none.
        if (received == WouldBlock || (received > 0 && received < target.Length && !_sawPeerEnd))
        {
            IsReadable = false;
        }

        // Behind an announced end nothing comes any more, so a short read is the last one: no call to find nothing.
        HasReadEnd |= target.Length > 0 && (received == 0 || (received > 0 && received < target.Length && _sawPeerEnd));
        _isAnswerDue &= received <= 0;
        return received;
    }

    private int ReceiveTls(Span<byte> target)
    {
        var received = Tls!.Read(target);
        IsReadable = received != WouldBlock;
        HasReadEnd |= received == 0;
        return received;
    }
}
