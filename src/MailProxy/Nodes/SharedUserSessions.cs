using System.Globalization;
using MailProxy.Directory.Shared;
using MailProxy.Proxy.Count;

namespace MailProxy.Nodes;

/// <summary>Joins the proxy's count of sessions, which knows no server, to the server's, which knows no proxy.</summary>
internal sealed class SharedUserSessions(SharedSessionCounts counts) : ISharedSessions
{
    /// <inheritdoc/>
    public async ValueTask<SessionCap?> EnterAsync(SessionPlace place, int perUser, int perUserAndAddress)
    {
        var address = place.Network is { } network ? string.Create(CultureInfo.InvariantCulture, $"{(network.IsV6 ? 6 : 4)}:{network.Prefix:x}") : null;
        return await counts.EnterAsync(place.Session, place.User, address, perUser, perUserAndAddress) switch
        {
            null => null,
            SharedCap.None => SessionCap.None,
            SharedCap.User => SessionCap.User,
            _ => SessionCap.UserAndAddress,
        };
    }

    /// <inheritdoc/>
    public void Leave(SessionPlace place) => counts.Leave(place.Session);
}
