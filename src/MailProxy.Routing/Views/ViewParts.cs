namespace MailProxy.Routing.Views;

/// <summary>The parts of a view, each fed by a watch of its own.</summary>
[Flags]
internal enum ViewParts
{
    None = 0,
    Pins = 1,
    Domains = 2,
    Slots = 4,
    Catalog = 8,
    OperatorStates = 16,
    All = Pins | Domains | Slots | Catalog | OperatorStates,
}
