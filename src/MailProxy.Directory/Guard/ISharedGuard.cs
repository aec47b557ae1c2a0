namespace MailProxy.Directory.Guard;

/// <summary>What all nodes hold against guessers together, wherever that is kept.</summary>
internal interface ISharedGuard
{
    /// <summary>Begins an attempt; nothing is asked yet.</summary>
    ISharedAttempt Begin(string user, ClientPrefix? address, Guess guess);
}
