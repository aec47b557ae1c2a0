namespace MailProxy.Store.Engine;

/// <summary>A store cannot start. The message is one sentence that tells the operator what to do.</summary>
public sealed class StoreUnusableException : Exception
{
    /// <summary>For serializers.</summary>
    public StoreUnusableException()
        : this("The store cannot be used.")
    {
    }

    /// <summary>Says why, and what to do.</summary>
    public StoreUnusableException(string message)
        : base(message)
    {
    }

    /// <summary>Says why, and what to do, with the cause.</summary>
    public StoreUnusableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
