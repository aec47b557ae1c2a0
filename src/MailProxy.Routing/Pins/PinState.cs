namespace MailProxy.Routing.Pins;

/// <summary>What a pin allows.</summary>
public enum PinState
{
    /// <summary>Logins go to the pin's store.</summary>
    Active,

    /// <summary>New logins wait.</summary>
    Held,
}
