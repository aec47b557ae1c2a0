namespace MailProxy.Directory.Proofs;

/// <summary>What a directory can say to a <see cref="ChallengeRequest"/>. The client hears no difference but for the last.</summary>
public enum ChallengeOutcome
{
    /// <summary>The user has keys.</summary>
    Found,

    /// <summary>The user has none, or the directory cannot know: nobody else is to be asked. A password in clear makes keys of whatever parameters the client is shown.</summary>
    NoKeys,

    /// <summary>There is no such user.</summary>
    NoSuchUser,

    /// <summary>The directory cannot say now.</summary>
    TemporarilyUnavailable,
}
