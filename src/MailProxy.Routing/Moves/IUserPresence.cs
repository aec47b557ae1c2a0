namespace MailProxy.Routing.Moves;

/// <summary>
/// What a proxy is doing for users right now. A user is present while a session of theirs is tied to a store, while a login of theirs is between
/// "routed" and "entered", and while a message is on its way to their store.
/// </summary>
public interface IUserPresence
{
    /// <summary>Whether anything is under way for a user. A user who is on hold by a move and not present does not become present again before the hold ends.</summary>
    bool IsPresent(string user);

    /// <summary>Raised with the user's name when the last of it has ended. Handlers must not block.</summary>
    event Action<string>? Left;
}
