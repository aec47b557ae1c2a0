using MailProxy.Routing.Pins;

namespace MailProxy.Routing.Consul.Plans;

/// <summary>A pin as it stands.</summary>
/// <param name="Pin">What it says.</param>
/// <param name="Index">Its ModifyIndex.</param>
public sealed record PinEntry(Pin Pin, ulong Index)
{
    /// <summary>It keeps a user where they are until their turn comes to move.</summary>
    public bool IsPlanned => Pin is { State: PinState.Active, Moving: not null, Move: null };

    /// <summary>It names a store and nothing else.</summary>
    public bool IsPlain => Pin is { State: PinState.Active, Moving: null, Move: null };
}
