using System.DirectoryServices.Protocols;
using System.Net.Sockets;

namespace MailProxy.Directory.Ldap;

/// <summary>An open connection. One thread at a time.</summary>
internal sealed class LdapLink : IDisposable
{
    private readonly LdapConnection _connection;
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private Socket? _socket;
    private int _isCut;

    /// <param name="connection">Disposed with this.</param>
    /// <param name="time">For the limit.</param>
    /// <param name="limit">After it a call is cut short.</param>
    public LdapLink(LdapConnection connection, TimeProvider time, TimeSpan limit)
    {
        (_connection, _time, _limit) = (connection, time, limit);
        RestsSince = time.GetTimestamp();
    }

    /// <summary>A timestamp, set when it goes to rest.</summary>
    public long RestsSince { get; set; }

    /// <summary>Calls the library, no longer than the limit.</summary>
    /// <exception cref="LdapFaultException">The call's own, or that it was cut short.</exception>
    public T Call<T>(Func<LdapConnection, T> call)
    {
        // A call that connects has no socket yet: it is a bind, whose limit the library keeps itself.
        _socket ??= LdapSocket.Of(_connection);
        using var timer = _socket is null ? null : _time.CreateTimer(static link => ((LdapLink)link!).Cut(), this, _limit, Timeout.InfiniteTimeSpan);
        try
        {
            return call(_connection);
        }
        catch (LdapFaultException fault) when (Volatile.Read(ref _isCut) == 1)
        {
            throw new LdapFaultException(LdapFault.TimedOut, $"no answer within {_limit.TotalSeconds:0.#} s", fault);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection.Dispose();
        _socket?.Dispose();
    }

    private void Cut()
    {
        Volatile.Write(ref _isCut, 1);
        try
        {
            _socket?.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It ended meanwhile.
        }
    }
}
