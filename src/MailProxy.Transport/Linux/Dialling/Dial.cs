using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.InteropServices;
using MailProxy.Transport.Linux.Connections;
using MailProxy.Transport.Linux.Native;
using MailProxy.Transport.Linux.Reactors;
using MailProxy.Transport.Serving;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Linux.Dialling;

/// <summary>One attempt to connect; lives on one reactor.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The connection belongs to whoever dialled; a failed one is aborted.")]
internal sealed unsafe class Dial(Reactor reactor, IPEndPoint endPoint, CancellationToken cancellationToken) : IReadinessWaiter
{
    private readonly Completion<ConnectionContext> _completion = new();
    private LinuxConnection? _connection;
    private CancellationTokenRegistration _registration;
    private bool _isDone;

    /// <summary>Errors: <see cref="System.Net.Sockets.SocketException"/>.</summary>
    public ValueTask<ConnectionContext> RunAsync()
    {
        _completion.Begin();
        if (reactor.IsCurrent)
        {
            Start();
        }
        else
        {
            reactor.Post(static self => ((Dial)self!).Start(), this);
        }

        return _completion.Task;
    }

    /// <inheritdoc/>
    public void OnReady()
    {
        if (_isDone)
        {
            return;
        }

        var socket = _connection!.Socket;
        if (socket.IsClosed || socket.SawBreak)
        {
            Fail(Errno.ToException(socket.IsClosed ? Errno.ConnectionAborted : socket.TakeError()));
            return;
        }

        _isDone = true;
        _registration.Unregister();
        _completion.Succeed(_connection);
    }

    private void Start()
    {
        if (cancellationToken.IsCancellationRequested)
        {
            Fail(new OperationCanceledException(cancellationToken));
            return;
        }

        var family = SocketAddressCodec.FamilyOf(endPoint);
        var descriptor = Libc.Socket(family, Libc.Stream | Libc.NonBlocking | Libc.CloseOnExec, 0);
        if (descriptor < 0)
        {
            Fail(Errno.ToException(Marshal.GetLastPInvokeError()));
            return;
        }

        if (descriptor >= DescriptorCeiling.Own)
        {
            _ = Libc.Close(descriptor);
            Fail(Errno.ToException(Errno.TooManyInProcess));
            return;
        }

        var address = stackalloc byte[SocketAddressCodec.MaxLength];
        var length = SocketAddressCodec.Write(endPoint, new Span<byte>(address, SocketAddressCodec.MaxLength));
        if (Libc.Connect(descriptor, address, length) != 0 && Marshal.GetLastPInvokeError() is var errno && errno != Errno.InProgress)
        {
            _ = Libc.Close(descriptor);
            Fail(Errno.ToException(errno));
            return;
        }

        // Watched only now: a socket that has not begun to connect counts as hung up.
        try
        {
            _connection = new LinuxConnection(reactor, descriptor, endPoint, null, isAccepted: false);
        }
        catch (Exception exception)
        {
            _ = Libc.Close(descriptor);
            Fail(exception);
            return;
        }

        _connection.Socket.WriteWaiter = this;
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static self => ((Dial)self!).PostCancelled(), this);
        }
    }

    private void PostCancelled() => reactor.Post(static self => ((Dial)self!).FailCancelled(), this);

    private void FailCancelled() => Fail(new OperationCanceledException(cancellationToken));

    private void Fail(Exception exception)
    {
        if (_isDone)
        {
            return;
        }

        _isDone = true;
        _registration.Unregister();
        _connection?.Abort();
        _completion.Fail(exception);
    }
}
