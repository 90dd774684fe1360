//! What the desk's API takes and answers.

mod campaigns;
mod decisions;
mod incidents;
mod quality;
mod queue;
mod registry;

pub use campaigns::{
    CampaignData, CampaignDecidedData, CampaignDetail, CampaignUndoneData, CampaignsData,
    NewCampaignDecision, SeenData,
};
pub use decisions::{
    AppealData, DecidedData, DecisionData, NewAppeal, NewDecision, NewReversal, NewSettlement,
    NewText, RecordedData, StandsData,
};
pub use incidents::{
    CountData, EvidenceFileData, HistoryData, HistoryPage, IncidentData, IncidentDetail,
    IncidentsData,
};
pub use quality::{
    GoldenData, GoldensData, NewGolden, QualityData, ReviewerData, RuleData, SecondsData, TimesData,
};
pub use queue::{ClaimData, CountsData, FilterData, FiltersData, NewFilter, NextData};
pub use registry::{EntriesData, EntryData, EntryPreview, PreviewData};
