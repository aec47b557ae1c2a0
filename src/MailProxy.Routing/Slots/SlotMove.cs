namespace MailProxy.Routing.Slots;

/// <summary>One slot that changes hands.</summary>
/// <param name="Slot">Which, from 0.</param>
/// <param name="From">Whose it is; null: nobody's.</param>
/// <param name="To">Whose it becomes.</param>
public readonly record struct SlotMove(int Slot, string? From, string To);
