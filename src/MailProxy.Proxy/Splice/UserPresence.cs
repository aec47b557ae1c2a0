using MailProxy.Routing.Moves;

namespace MailProxy.Proxy.Splice;

/// <summary>Sessions and everything else that is under way for users, as one answer.</summary>
internal sealed class UserPresence(SessionRegistry registry, UserActivity activity) : IUserPresence
{
    /// <inheritdoc/>
    public event Action<string>? Left
    {
        add
        {
            registry.UserLeft += value;
            activity.Ended += value;
        }

        remove
        {
            registry.UserLeft -= value;
            activity.Ended -= value;
        }
    }

    /// <inheritdoc/>
    // Activity first: a login is counted out there only after its session has entered the registry.
    public bool IsPresent(string user) => activity.IsActive(user) || registry.Has(user);
}
