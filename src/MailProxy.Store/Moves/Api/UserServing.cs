using System.Text.Json.Serialization;

namespace MailProxy.Store.Moves.Api;

/// <summary>What a store does for one user.</summary>
public enum UserServing
{
    /// <summary>Logins and mail are taken. So it is for a user of whom the store has never heard.</summary>
    [JsonStringEnumMemberName("serving")]
    Serving,

    /// <summary>A move holds the user for a limited time: logins and mail get the temporary failure, and nothing of the user's mail changes.</summary>
    [JsonStringEnumMemberName("held")]
    Held,

    /// <summary>The user has left: logins and mail are referred to the new store. What is still here is a left-behind copy.</summary>
    [JsonStringEnumMemberName("fenced")]
    Fenced,
}
