namespace MailProxy.Routing.Pins;

/// <summary>An explicit route of one user.</summary>
/// <param name="Store">Store id.</param>
/// <param name="State">Whether logins may go there now.</param>
/// <param name="Moving">Store id the user is on the way to; null when not moving.</param>
/// <param name="Move">Id of the move; null when not moving.</param>
public sealed record Pin(string Store, PinState State = PinState.Active, string? Moving = null, string? Move = null);
