namespace MailProxy.Store.Engine.Files.Commit;

/// <summary>One change on its way through the committer, with somebody who waits for it and hears only the first answer.</summary>
internal interface IStoreChange
{
    /// <summary>Does it, in pending state.</summary>
    void Apply(CommitGroup group);

    /// <summary>It is durable.</summary>
    void Succeed();

    /// <summary>It has not happened.</summary>
    void Fail(Exception error);
}
