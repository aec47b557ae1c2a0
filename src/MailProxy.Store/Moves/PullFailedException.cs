namespace MailProxy.Store.Moves;

/// <summary>A pull cannot go on. The message is a sentence for the operator.</summary>
public sealed class PullFailedException : Exception
{
    /// <summary>For serializers.</summary>
    public PullFailedException()
        : this("The pull failed.")
    {
    }

    /// <summary>With what to do.</summary>
    public PullFailedException(string message)
        : base(message)
    {
    }

    /// <summary>With what to do, and the cause.</summary>
    public PullFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
