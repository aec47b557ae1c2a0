using System.Runtime.InteropServices;
using MailProxy.Transport.Linux.Connections;
using MailProxy.Transport.Linux.Native;
using MailProxy.Transport.Tls;

namespace MailProxy.Transport.Linux.Tls;

/// <summary>One TLS session on one descriptor. Results are those of <see cref="LinuxSocket"/>. On its reactor's thread only.</summary>
internal sealed unsafe class OpenSslSession : IDisposable
{
    private static int _alive;

    private nint _session;
    private bool _isBroken;

    /// <summary>Takes the SSL over and ties it to the descriptor.</summary>
    public OpenSslSession(nint session, int descriptor)
    {
        _session = session;
        Interlocked.Increment(ref _alive);
        _ = OpenSsl.SetDescriptor(session, descriptor);
    }

    /// <summary>Those of this process that were not freed; there is no finalizer, so one that is forgotten stays.</summary>
    public static int Alive => Volatile.Read(ref _alive);

    /// <summary>OpenSSL's object; for looking at it after the handshake.</summary>
    public nint Handle => _session;

    /// <summary>One step of the handshake: null while it waits for the peer.</summary>
    public TlsOutcome? Handshake()
    {
        OpenSslCrypto.ClearErrors();
        var result = OpenSsl.Handshake(_session);
        if (result == 1)
        {
            return TlsOutcome.Done;
        }

        var error = OpenSsl.ErrorOf(_session, result);
        if (error is OpenSsl.ErrorWantRead or OpenSsl.ErrorWantWrite)
        {
            return null;
        }

        _isBroken = true;
        return error != OpenSsl.ErrorSsl
            ? TlsOutcome.Aborted
            : OpenSslCrypto.TakeReason() switch
            {
                OpenSsl.ReasonVerifyFailed or OpenSsl.ReasonNoPeerCertificate => TlsOutcome.CertificateRejected,
                OpenSsl.ReasonNoApplicationProtocol or OpenSsl.ReasonAlertNoApplicationProtocol => TlsOutcome.WrongApplicationProtocol,
                OpenSsl.ReasonUnexpectedEnd => TlsOutcome.Aborted,
                _ => TlsOutcome.HandshakeFailed,
            };
    }

    /// <summary>Plain octets; 0 after the peer's close_notify, and only then (RFC 8446 6.1): an end without one is a reset.</summary>
    public int Read(Span<byte> target)
    {
        OpenSslCrypto.ClearErrors();
        fixed (byte* start = target)
        {
            var read = OpenSsl.Read(_session, start, target.Length);
            return read > 0 ? read : Failure(read);
        }
    }

    /// <summary>Sends plain octets, maybe fewer than offered.</summary>
    public int Write(ReadOnlySpan<byte> octets)
    {
        OpenSslCrypto.ClearErrors();
        fixed (byte* start = octets)
        {
            var written = OpenSsl.Write(_session, start, octets.Length);
            return written > 0 ? written : Failure(written);
        }
    }

    /// <summary>Sends close_notify; reading goes on.</summary>
    public int Shutdown()
    {
        if (_isBroken)
        {
            return -Errno.ConnectionReset;
        }

        OpenSslCrypto.ClearErrors();
        var result = OpenSsl.Shutdown(_session);
        return result >= 0 ? 0 : Failure(result);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_session != 0)
        {
            OpenSsl.FreeSession(_session);
            _session = 0;
            Interlocked.Decrement(ref _alive);
        }
    }

    private int Failure(int result)
    {
        var errno = Marshal.GetLastPInvokeError();
        switch (OpenSsl.ErrorOf(_session, result))
        {
            case OpenSsl.ErrorWantRead or OpenSsl.ErrorWantWrite:
                return LinuxSocket.WouldBlock;
            case OpenSsl.ErrorZeroReturn:
                return 0;
            case OpenSsl.ErrorSyscall when errno is not 0 and not Errno.Again:
                _isBroken = true;
                return -errno;
            default:
                _isBroken = true;
                OpenSslCrypto.ClearErrors();
                return -Errno.ConnectionReset;
        }
    }
}
