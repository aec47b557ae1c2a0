namespace MailProxy.Proxy.Count;

/// <summary>Live sessions of all nodes, wherever they are counted. It never throws for what is wrong there, and never waits long.</summary>
public interface ISharedSessions
{
    /// <summary>
    /// Counts a session in. Null: it cannot say now, and the node's own count decides; the session is told again once it can. Anything but
    /// <see cref="SessionCap.None"/>: not counted.
    /// </summary>
    /// <param name="place">The session.</param>
    /// <param name="perUser">Cap; 0: none.</param>
    /// <param name="perUserAndAddress">Cap; 0: none.</param>
    ValueTask<SessionCap?> EnterAsync(SessionPlace place, int perUser, int perUserAndAddress);

    /// <summary>Counts a session out, whether or not it was ever counted in.</summary>
    void Leave(SessionPlace place);
}
