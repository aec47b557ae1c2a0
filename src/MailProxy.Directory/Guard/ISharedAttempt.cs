namespace MailProxy.Directory.Guard;

/// <summary>An attempt as all nodes see it. After <see cref="TakeTurnAsync"/> one of the others must follow. None throws, and none waits long.</summary>
internal interface ISharedAttempt
{
    /// <summary>Takes the attempt's turn.</summary>
    /// <param name="isOwner">This node knows that the user lately logged in from there.</param>
    /// <param name="isKnown">This node knows that somebody did.</param>
    /// <param name="chance">0 to 1: shuffles the delay.</param>
    ValueTask<SharedTurn> TakeTurnAsync(bool isOwner, bool isKnown, double chance);

    /// <summary>The credentials were wrong.</summary>
    void Failed();

    /// <summary>The user came in.</summary>
    void Succeeded();

    /// <summary>There was no verdict.</summary>
    void Ended();
}
