using System.Net;

namespace MailProxy.Store.Moves.Api;

/// <summary>A store refused a step of a move, or could not be asked. The message is a sentence for the operator.</summary>
public sealed class StoreMoveException : Exception
{
    /// <summary>For serializers.</summary>
    public StoreMoveException()
        : this("The store refused.")
    {
    }

    /// <summary>Without an answer.</summary>
    public StoreMoveException(string message)
        : base(message)
    {
    }

    /// <summary>Without an answer, with the cause.</summary>
    public StoreMoveException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The store's answer.</summary>
    public StoreMoveException(HttpStatusCode status, string message)
        : base(message) => Status = status;

    /// <summary>The store's status; null: it could not be asked, and whether the step was done is not known.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>True when another move, or the state of the user, stands in the way: repeating does not help.</summary>
    public bool IsConflict => Status == HttpStatusCode.Conflict;
}
