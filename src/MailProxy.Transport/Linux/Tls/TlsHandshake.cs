using MailProxy.Transport.Linux.Connections;
using MailProxy.Transport.Linux.Reactors;
using MailProxy.Transport.Tls;

namespace MailProxy.Transport.Linux.Tls;

/// <summary>One handshake on a connection's descriptor.</summary>
internal sealed class TlsHandshake(LinuxConnection connection, Func<int, OpenSslSession> create, Action<OpenSslSession> look, CancellationToken cancellationToken)
    : IReadinessWaiter
{
    private readonly Completion<TlsOutcome> _completion = new();
    private CancellationTokenRegistration _registration;
    private OpenSslSession? _session;
    private bool _isDone;

    /// <summary>Ends with the outcome, never with an error for what the peer does.</summary>
    public ValueTask<TlsOutcome> RunAsync()
    {
        _completion.Begin();
        if (connection.Reactor.IsCurrent)
        {
            Start();
        }
        else
        {
            connection.Reactor.Post(static self => ((TlsHandshake)self!).Start(), this);
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

        var socket = connection.Socket;
        if (socket.IsClosed || cancellationToken.IsCancellationRequested)
        {
            End(TlsOutcome.Aborted);
            return;
        }

        if (_session!.Handshake() is { } outcome)
        {
            End(outcome);
            return;
        }

        // Whichever direction it waits for: any event is worth another step.
        socket.ReadWaiter = this;
        socket.WriteWaiter = this;
    }

    private void Start()
    {
        var socket = connection.Socket;
        if (socket.IsClosed)
        {
            End(TlsOutcome.Aborted);
            return;
        }

        try
        {
            _session = create(socket.Descriptor);
        }
        catch (Exception exception)
        {
            _isDone = true;
            _completion.Fail(exception);
            return;
        }

        _registration = cancellationToken.UnsafeRegister(static self => ((TlsHandshake)self!).PostCancelled(), this);
        OnReady();
    }

    private void PostCancelled() => connection.Reactor.Post(static self => ((TlsHandshake)self!).OnReady(), this);

    private void End(TlsOutcome outcome)
    {
        _isDone = true;
        _registration.Unregister();
        var socket = connection.Socket;
        (socket.ReadWaiter, socket.WriteWaiter) = (null, null);
        if (outcome == TlsOutcome.Done)
        {
            look(_session!);
            socket.Tls = _session;
            // The peer's first octets may lie in OpenSSL already, and no event tells of them.
            socket.MayBeReadable();
        }
        else
        {
            _session?.Dispose();
        }

        _completion.Succeed(outcome);
    }
}
